package dev.gradus.examples;

import dev.gradus.examples.course.Lessons;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The command line: one subcommand an example. */
@Command(
        name = "gradus",
        subcommands = {
            Xor.class,
            Rosenbrock.class,
            Attention.class,
            Digits.class,
            Mnist.class,
            TrainGpt.class,
            Generate.class,
            Growth.class,
            Lessons.class,
            Doctor.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        header = "Gradus, a mini deep-learning framework for Java.%n",
        synopsisHeading = "",
        customSynopsis = {
            "Usage:",
            "  gradus EXAMPLE [options]          runs an example; --help shows its options",
            "  gradus lesson NAME                gives a lesson of the course",
            "  gradus run File.java [arguments]  runs your own source file",
            "  gradus doctor                     says whether Java, CPU and GPU are ready",
            "  gradus bench [REGEX]              times workloads",
            "  gradus jmh [JMH options]          runs the JMH benchmarks",
            "  gradus peers [REGEX]              compares with libtorch, OpenBLAS and DJL"
        },
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nExamples:%n",
        footerHeading = "%nThe JDK, 25 or newer, is the first one found in%n",
        footer = {
            "  GRADUS_JAVA_HOME, JAVA_HOME, the path, and the usual folders:",
            "  /usr/lib/jvm, /opt, ~/.sdkman/candidates/java, ~/.jdks,",
            "  /Library/Java/JavaVirtualMachines; on Windows the vendors' in Program Files."
        })
public final class Main {
    static final String VERSION = "0.1.0-SNAPSHOT";

    /** These the launcher runs by itself; here they are only names that somebody may mistype. */
    private static final List<String> LAUNCHER_COMMANDS = List.of("run", "bench", "jmh", "peers");

    private Main() {}

    /** Runs a command and exits with 0 only if it worked. */
    public static void main(String[] args) {
        System.exit(execute(writer(System.out), writer(System.err), args));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
    }

    /** Runs a command, or lists the examples if there is none; the exit code. */
    static int execute(PrintWriter out, PrintWriter err, String... args) {
        CommandLine gradus =
                new CommandLine(new Main())
                        .setOut(out)
                        .setErr(err)
                        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                        .setParameterExceptionHandler(Main::explainMistake)
                        .setExecutionExceptionHandler(Main::explainFailure);
        try {
            return gradus.execute(args.length == 0 ? new String[] {"--help"} : args);
        } catch (Error failure) { // picocli handles exceptions only
            return explain(failure, gradus);
        }
    }

    /** Says in one line what is wrong with the arguments. */
    private static int explainMistake(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        String said =
                mistake instanceof UnmatchedArgumentException unmatched
                        ? unknown(unmatched.getUnmatched().getFirst(), command)
                        : String.valueOf(mistake.getMessage());
        return complain(command, said, command.getCommandSpec().exitCodeOnInvalidInput());
    }

    private static String unknown(String typed, CommandLine command) {
        boolean isOption = typed.startsWith("-");
        Set<String> subcommands = command.getSubcommands().keySet();
        if (!isOption && subcommands.isEmpty()) {
            return "takes options only, not '" + typed + "'";
        }
        boolean isLesson = command.getCommandSpec().userObject() instanceof Lessons;
        String name = isLesson ? "lesson '" : "example '";
        String what = "there is no " + (isOption ? "option '" : name) + typed + "'";
        List<String> known =
                new ArrayList<>(
                        isOption ? command.getCommandSpec().optionsMap().keySet() : subcommands);
        if (!isOption && !isLesson) {
            known.addAll(LAUNCHER_COMMANDS);
        }
        List<String> near = NearNames.of(typed, known);
        return near.isEmpty()
                ? what + "; there are " + String.join(", ", known)
                : what + "; did you mean " + String.join(" or ", near) + "?";
    }

    private static int explainFailure(Exception failure, CommandLine command, ParseResult parsed) {
        return explain(failure, command);
    }

    /** Says in one line what went wrong, and for those who look for its cause also where. */
    private static int explain(Throwable failure, CommandLine command) {
        if (Boolean.getBoolean("gradus.debug")) {
            failure.printStackTrace(command.getErr());
        }
        Throwable cause = failure.getCause();
        Throwable told =
                failure instanceof ExceptionInInitializerError && cause != null ? cause : failure;
        String message = told.getMessage();
        String said =
                told instanceof RuntimeException && message != null ? message : told.toString();
        return complain(
                command,
                said + " (GRADUS_JAVA_OPTS=-Dgradus.debug=true shows where)",
                command.getCommandSpec().exitCodeOnExecutionException());
    }

    private static int complain(CommandLine command, String said, int exitCode) {
        String line = String.join(" ", said.lines().map(String::strip).toList());
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + line);
        return exitCode;
    }

    /** The framework's version and the Java it runs on. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "Gradus " + VERSION,
                "Java " + Runtime.version() + ", " + System.getProperty("os.name")
            };
        }
    }
}
