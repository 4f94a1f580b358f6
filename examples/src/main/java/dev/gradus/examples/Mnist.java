package dev.gradus.examples;

import dev.gradus.data.Dataset;
import dev.gradus.data.Idx;
import dev.gradus.data.Split;
import dev.gradus.data.TensorDataset;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * MNIST: 70 000 hand-written digits of 28 × 28 pixels (LeCun, Bottou, Bengio and Haffner,
 * "Gradient-based learning applied to document recognition", 1998). It does not come with Gradus.
 */
@Command(
        name = "mnist",
        description = "The same network reads MNIST, from the four files of the data set.")
final class Mnist extends ImageLesson {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "The folder with the four IDX files, plain or compressed by gzip.")
    private Path folder = Path.of("");

    @Option(
            names = "--epochs",
            paramLabel = "N",
            converter = Steps.class,
            defaultValue = "10",
            description = "How often to see all images (default: ${DEFAULT-VALUE}).")
    private int epochs;

    /** A data set in two files. */
    private enum Part {
        TRAIN("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        TEST("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");

        private final String images;
        private final String labels;

        Part(String images, String labels) {
            this.images = images;
            this.labels = labels;
        }
    }

    @Override
    Split images() {
        List<String> missing = new ArrayList<>();
        for (Part part : Part.values()) {
            for (String name : List.of(part.images, part.labels)) {
                if (!Files.isRegularFile(file(name))) {
                    missing.add(name);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw mistake(
                    "--data: %s has no %s; it needs train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, with or without .gz. MNIST is published by its authors (LeCun, Cortes and Burges), and many machine-learning libraries and data hubs have copies of these files"
                            .formatted(folder, String.join(", ", missing)),
                    null);
        }
        return new Split(read(Part.TRAIN), read(Part.TEST));
    }

    private Path file(String name) {
        Path plain = folder.resolve(name);
        return Files.exists(plain) ? plain : folder.resolve(name + ".gz");
    }

    private Dataset read(Part part) {
        try {
            Tensor images = Idx.read(file(part.images));
            Tensor labels = Idx.read(file(part.labels));
            boolean fits =
                    images.ndim() == 3
                            && labels.ndim() == 1
                            && images.size(0) == labels.size(0)
                            && labels.dtype() == DType.INT32
                            && labels.size() > 0;
            if (!fits || labels.min().item() < 0 || labels.max().item() > 9) {
                throw mistake(
                        "--data: %s has shape %s and %s has shape %s; MNIST has n images [n, rows, columns] and n labels [n] of 0 to 9"
                                .formatted(
                                        file(part.images),
                                        images.shape(),
                                        file(part.labels),
                                        labels.shape()),
                        null);
            }
            return new TensorDataset(images.flatten(1, -1), labels);
        } catch (IOException e) {
            throw mistake("--data: " + e.getMessage(), e);
        }
    }

    @Override
    int white() {
        return 255;
    }

    @Override
    int epochs() {
        return epochs;
    }

    @Override
    double goal() {
        return 97.5;
    }

    @Override
    String title() {
        return "MNIST";
    }
}
