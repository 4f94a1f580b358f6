import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.StringWrapper;

static final Formatter FORMATTER =
        new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

/**
 * Checks, or rewrites, every Java file below the current folder: google-java-format's AOSP style.
 * The build runs it with {@code check}, and {@code mvn -N -Pformat verify} with {@code write}.
 */
void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    List<Path> sources;
    try (Stream<Path> all = Files.walk(Path.of(""))) {
        sources = all.filter(file -> isSource(file)).sorted().toList();
    }
    List<String> findings =
            sources.parallelStream().flatMap(file -> format(file, write).stream()).toList();
    findings.forEach(System.err::println);
    if (write) {
        IO.println("Formatted %d of %d Java files".formatted(findings.size(), sources.size()));
    } else if (!findings.isEmpty()) {
        System.err.println("Not in the house style. To rewrite them: mvn -N -Pformat verify");
        System.exit(1);
    }
}

static boolean isSource(Path file) {
    for (Path part : file) {
        String name = part.toString();
        if (name.equals("target") || name.startsWith(".")) {
            return false;
        }
    }
    return file.toString().endsWith(".java");
}

/** One line that names the file where it is, or was, not in the house style; otherwise nothing. */
static Optional<String> format(Path file, boolean write) {
    try {
        String source = Files.readString(file);
        String formatted =
                StringWrapper.wrap(FORMATTER.formatSourceAndFixImports(source), FORMATTER);
        if (formatted.equals(source)) {
            return Optional.empty();
        }
        if (write) {
            Files.writeString(file, formatted);
        }
        return Optional.of(file.toString());
    } catch (FormatterException error) {
        return Optional.of(file + ":" + error.getMessage());
    } catch (IOException error) {
        throw new UncheckedIOException(error);
    }
}
