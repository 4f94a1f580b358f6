package dev.gradus.backend.cpu;

import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

import java.util.ServiceLoader;

/**
 * What the user has to know, as one line. It goes to SLF4J where the program has a provider for it,
 * else to System.err: a warning must not be lost where nobody has configured a logger, nor be
 * drowned in SLF4J's own complaint that there is none.
 */
final class Messages {
    private Messages() {}

    static void warn(String line) {
        if (ServiceLoader.load(SLF4JServiceProvider.class).findFirst().isEmpty()) {
            System.err.println(line);
        } else {
            LoggerFactory.getLogger("dev.gradus").warn(line);
        }
    }
}
