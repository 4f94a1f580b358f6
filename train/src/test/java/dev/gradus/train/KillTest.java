package dev.gradus.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** {@code kill -9}, at random moments of a training that writes a checkpoint in each step. */
class KillTest {
    private static final int EPOCHS = 60;
    private static final int KILLS = 8;

    @TempDir Path folder;

    /** The process that is killed: trains to the end, and says then what it has. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            var rehearsal = new Rehearsal(folder, EPOCHS, 7);
            Path ready = folder.resolve("ready");
            rehearsal.trainer.on(
                    new Callback() {
                        @Override
                        public void onStart(Trainer<?> trainer) {
                            try {
                                Files.writeString(ready, "");
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        }
                    });
            Files.writeString(folder.resolve("end"), rehearsal.run().end());
        }
    }

    @Test
    void aTrainingThatIsKilledAgainAndAgainEndsWithTheSameBits() throws Exception {
        String expected = new Rehearsal(folder.resolve("whole"), EPOCHS, 7).run().end();
        Path own = Files.createDirectories(folder.resolve("killed"));
        var random = new Random(1);
        int kills = 0;
        for (int i = 0; i < KILLS; i++) {
            kills += killed(own, random.nextInt(80)) ? 1 : 0;
        }
        assertTrue(kills > KILLS / 2, "only " + kills + " were killed before their end");
        run(own).waitFor();
        assertEquals(expected, Files.readString(own.resolve("end")));
    }

    /** Whether it was killed, so many milliseconds after it went on, before its end. */
    private static boolean killed(Path folder, int millis) throws Exception {
        Path ready = folder.resolve("ready");
        Files.deleteIfExists(ready);
        Process child = run(folder);
        while (child.isAlive() && !Files.exists(ready)) {
            Thread.sleep(1);
        }
        boolean ended = child.waitFor(millis, TimeUnit.MILLISECONDS);
        child.destroyForcibly().waitFor();
        assertTrue(!ended || child.exitValue() == 0, "it failed by itself");
        return !ended;
    }

    private static Process run(Path folder) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", // starts sooner; the bits are the same
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Dgradus.novector=true", // says nothing about it
                        "-Dgradus.threads=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString())
                .inheritIO()
                .start();
    }
}
