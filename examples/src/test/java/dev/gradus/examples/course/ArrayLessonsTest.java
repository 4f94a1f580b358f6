package dev.gradus.examples.course;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.List;

/** The lessons about arrays show what NumPy 2.4 gives. */
class ArrayLessonsTest {
    @TestFactory
    List<DynamicTest> broadcasting() {
        return Shown.by(new Broadcasting())
                .facts(
                        "matrix.add(row)", "[[11, 22, 33], [14, 25, 36]]",
                        "matrix.add(column)", "[[101, 102, 103], [204, 205, 206]]",
                        "row.add(column)", "[[110, 120, 130], [210, 220, 230]]",
                        "matrix.mean(1).shape()", "[2]",
                        "matrix.mean(1, true).shape()", "[2, 1]",
                        "matrix.sub(matrix.mean(1, true))", "[[-1, 0, 1], [-1, 0, 1]]",
                        "lengths", "[[5], [13], [17]]",
                        "embeddings.div(lengths)",
                                "[[0.6, 0.8], [0.38461538, 0.92307692], [0.47058824, 0.88235294]]");
    }
}
