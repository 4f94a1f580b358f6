package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;

import dev.gradus.autograd.Tape;
import dev.gradus.data.Batch;
import dev.gradus.data.DataLoader;
import dev.gradus.data.Split;
import dev.gradus.data.Standardizer;
import dev.gradus.data.TensorDataset;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Tanh;
import dev.gradus.optim.Adam;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Networks that learn from real data, and what they are given. */
class ImageLessonsTest {
    private static final Pattern RIGHT = Pattern.compile("Held out: (\\d+) of (\\d+) right");

    @TempDir Path folder;

    private static String gradus(int exitCode, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertEquals(
                exitCode,
                Main.execute(new PrintWriter(out), new PrintWriter(err), args),
                err::toString);
        return out.toString() + err;
    }

    private static double percent(String out) {
        Matcher matcher = RIGHT.matcher(out);
        assertTrue(matcher.find(), out);
        return 100.0 * Integer.parseInt(matcher.group(1)) / Integer.parseInt(matcher.group(2));
    }

    @Test
    void theDataIsWhole() {
        TensorDataset digits = BundledData.digits();
        assertEquals("[1797, 64]", digits.inputs().shape().toString());
        assertEquals(16, digits.inputs().max().item());
        int[] counts = new int[10];
        Arrays.stream(digits.targets().toIntArray()).forEach(label -> counts[label]++);
        assertArrayEquals(new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, counts);

        TensorDataset iris = BundledData.iris();
        assertEquals("[150, 4]", iris.inputs().shape().toString());
        assertArrayEquals(
                new double[] {5.8433, 3.0573, 3.7580, 1.1993},
                iris.inputs().mean(0).toArray(),
                1e-4);
        assertEquals(150, iris.targets().sum().item());
    }

    @Test
    void digitsAreLearned() throws IOException {
        String out = gradus(0, "digits", "--epochs", "25", "--out", folder.toString());
        assertTrue(percent(out) >= 97, out);
        assertTrue(out.contains("1438 images to train on, 359 held out"), out);
        assertTrue(!out.contains("Not learned"), out);
        for (String name : new String[] {"digits-loss.png", "digits-confusion.svg"}) {
            assertTrue(Files.exists(folder.resolve(name)), name);
        }
        String early = gradus(0, "digits", "--epochs", "1", "--out", folder.toString());
        assertTrue(early.contains("Not learned, which takes 97.0 %"), early);
    }

    /** What another program gets: the weights give the printed answers, and ONNX the same ones. */
    @Test
    void theNetworkIsSavedAndExported() throws Exception {
        Path weights = folder.resolve("model.safetensors");
        Path onnx = folder.resolve("model.onnx");
        String out =
                gradus(
                        0,
                        ("digits --epochs 2 --hidden 32 --quiet --seed 3 --out %s --save %s"
                                        + " --export %s")
                                .formatted(folder, weights, onnx)
                                .split(" ", -1));
        assertEquals("", out);
        var net =
                new Sequential(
                        new Linear(64, 32), new ReLU(), new Dropout(0.2), new Linear(32, 10));
        net.load(weights);
        TensorDataset digits = BundledData.digits();
        Tensor x = digits.inputs().div(16);
        Tensor logits = net.apply(x);
        double right = logits.argmax(1).eq(digits.targets()).mean().item();
        assertTrue(right > 0.5, right + " of the digits"); // a tenth by chance

        var model = ModelProto.parseFrom(Files.readAllBytes(onnx)).getGraph();
        var shape = model.getInput(0).getType().getTensorType().getShape();
        assertEquals("batch", shape.getDim(0).getDimParam());
        assertEquals(64, shape.getDim(1).getDimValue());
        for (var tensor : model.getInitializerList()) {
            var slot = net.slots().get(tensor.getName());
            if (slot != null) {
                assertEquals(slot.value().size() * 4, tensor.getRawData().size());
                assertArrayEquals(
                        slot.value().toFloatArray(),
                        floats(tensor.getRawData().asReadOnlyByteBuffer()));
            }
        }
    }

    /** One that can't be written is said, and what was there before is as it was. */
    @Test
    void aFileThatCannotBeWritten() throws IOException {
        Path weights = folder.resolve("model.safetensors");
        Files.writeString(weights, "before");
        String told =
                gradus(
                        2,
                        "digits --epochs 1 --quiet --out %s --save %s --export %s"
                                .formatted(folder, weights, folder.resolve("none/model.onnx"))
                                .split(" ", -1));
        assertTrue(told.contains("--export: there is no folder " + folder.resolve("none")), told);
        assertEquals("before", Files.readString(weights));
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    @Test
    void irisIsLearned() {
        Tensor.seed(0);
        TensorDataset iris = BundledData.iris();
        Split split = Split.stratified(iris, iris.targets().toIntArray(), 0.2, 0);
        var standardizer = Standardizer.fit(split.train());
        var loader = new DataLoader(split.train(), 16).shuffle(0).map(standardizer::apply);
        var net = new Sequential(new Linear(4, 16), new Tanh(), new Linear(16, 3));
        var optimizer = new Adam(net.parameters(), 0.01);
        for (int epoch = 0; epoch < 40; epoch++) {
            for (Batch batch : loader) {
                try (var tape = Tape.start()) {
                    Tensor loss = Losses.crossEntropy(net.apply(batch.inputs()), batch.targets());
                    optimizer.step(tape.gradients(loss));
                }
            }
        }
        Batch held =
                new DataLoader(split.validation(), 30).map(standardizer::apply).batches(0).next();
        Tensor says = net.apply(held.inputs()).argmax(1);
        double right = says.eq(held.targets()).mean().item();
        assertTrue(right >= 0.93, right + " of the held-out flowers");
    }

    // ------------------------------------------------------------------ MNIST's files

    /** Images of 4 × 6 pixels on which digit d has a bright row and column of its own. */
    private void write(String part, int n, boolean gzip) throws IOException {
        var images = new ByteArrayOutputStream();
        var labels = new ByteArrayOutputStream();
        var out = new DataOutputStream(images);
        for (int size : new int[] {0x0803, n, 4, 6}) {
            out.writeInt(size);
        }
        new DataOutputStream(labels).writeInt(0x0801);
        new DataOutputStream(labels).writeInt(n);
        for (int i = 0; i < n; i++) {
            int digit = (7 * i) % 10;
            for (int pixel = 0; pixel < 24; pixel++) {
                int noise = (i * 31 + pixel * 17) % 60;
                images.write(pixel % 10 == digit ? 255 - noise : noise);
            }
            labels.write(digit);
        }
        save(part + "-images-idx3-ubyte", images.toByteArray(), gzip);
        save(part + "-labels-idx1-ubyte", labels.toByteArray(), gzip);
    }

    private void save(String name, byte[] bytes, boolean gzip) throws IOException {
        if (!gzip) {
            Files.write(folder.resolve(name), bytes);
            return;
        }
        try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name + ".gz")))) {
            out.write(bytes);
        }
    }

    @Test
    void mnistsFilesAreReadPlainOrPacked() throws IOException {
        String data = folder.toString();
        write("train", 600, true);
        String half = gradus(2, "mnist", "--data", data, "--out", data);
        assertTrue(half.contains("has no t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte;"), half);
        assertTrue(half.contains("with or without .gz"), half);

        write("t10k", 100, false);
        String out = gradus(0, "mnist", "--data", data, "--out", data, "--epochs", "10");
        assertTrue(out.contains("600 images to train on, 100 held out"), out);
        assertEquals(100, percent(out), out);

        Path labels = folder.resolve("t10k-labels-idx1-ubyte");
        byte[] bytes = Files.readAllBytes(labels);
        bytes[20] = 10;
        Files.write(labels, bytes);
        String eleven = gradus(2, "mnist", "--data", data, "--out", data);
        assertTrue(eleven.contains("n labels [n] of 0 to 9"), eleven);
        Files.write(labels, Arrays.copyOf(bytes, 50));
        String cut = gradus(2, "mnist", "--data", data, "--out", data);
        assertTrue(cut.contains("takes 100 bytes after the header, and there are 42"), cut);
    }
}
