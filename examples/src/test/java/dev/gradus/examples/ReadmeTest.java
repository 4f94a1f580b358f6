package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.io.SafeTensors;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Every Java program in the README runs as it stands there, and prints what is said there. */
class ReadmeTest {
    @TempDir Path folder;

    private static String readme() throws IOException {
        return Files.readString(Path.of("..", "README.md"));
    }

    private List<String> outputs() throws IOException, InterruptedException {
        List<String> outputs = new ArrayList<>();
        for (String program : Programs.in("README.md")) {
            outputs.add(Programs.run(program, folder));
        }
        return outputs;
    }

    @Test
    void programsPrintWhatTheReadmeSays() throws IOException, InterruptedException {
        List<String> outputs = outputs();
        assertEquals(7, outputs.size(), "the README has another number of programs; look at them");
        List<Long> answers =
                Pattern.compile("[0-9][0-9.e+-]*")
                        .matcher(outputs.get(0))
                        .results()
                        .map(m -> Math.round(Double.parseDouble(m.group())))
                        .toList();
        assertEquals(List.of(0L, 1L, 1L, 0L), answers, outputs.get(0));
        assertTrue(outputs.get(1).startsWith("[[ 4  6]\n [ 8 10]]\n"), outputs.get(1));
        assertEquals("[[0.75 0.5 ]\n [2.5  2.  ]]\n", outputs.get(2));
        // x · tanh(ln(1 + eˣ)) in double at −2 … 2
        assertEquals("[-0.25250", outputs.get(3).substring(0, 9));
        double accuracy = Double.parseDouble(outputs.get(4));
        assertTrue(accuracy > 0.95 && accuracy <= 1, outputs.get(4));
        assertTrue(Files.exists(folder.resolve("run").resolve("best.safetensors")));
        assertEquals("[[0 1 2]\n [3 4 5]]\n", outputs.get(5));
        // PyTorch's Linear(2, 8) has a weight of [8, 2].
        Tensor weight = SafeTensors.load(folder.resolve("torch.safetensors")).get("0.weight");
        assertEquals("[8, 2]", Objects.requireNonNull(weight).shape().toString());
        assertTrue(Files.size(folder.resolve("model.onnx")) > 4 * 64 * 32);
    }

    @Test
    void theErrorReadsAsInTheReadme() throws IOException {
        var error =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Tensor.ones(4, 3).matmul(Tensor.ones(4, 2)));
        String text = readme().replaceAll("\\s+", " ");
        assertTrue(text.contains(String.valueOf(error.getMessage())), error.getMessage());
    }
}
