package dev.gradus.cuda;

import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

import java.util.ServiceLoader;

/**
 * What the user has to know, as one line: to SLF4J where the program has a provider for it, else to
 * System.err, as in the CPU's backend.
 */
final class Messages {
    private Messages() {}

    static void tell(String line) {
        if (ServiceLoader.load(SLF4JServiceProvider.class).findFirst().isEmpty()) {
            System.err.println(line);
        } else {
            LoggerFactory.getLogger("dev.gradus").info(line);
        }
    }
}
