package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class AttentionTest {
    @TempDir Path folder;

    @BeforeEach
    void seed() {
        Tensor.seed(0);
    }

    @Test
    void heldOutSequencesAreNeverDrawnAndAllOthersAre() {
        var sequences = new Sequences(2, 4, 512);
        Set<String> heldOut = texts(sequences.heldOut());
        Set<String> drawn = texts(sequences.batch(2000));
        assertEquals(4, heldOut.size(), "a quarter of 16");
        assertEquals(12, drawn.size(), "three quarters of 16: " + drawn);
        assertTrue(drawn.stream().noneMatch(heldOut::contains), drawn + " and " + heldOut);
    }

    @Test
    void heldOutSequencesAreDifferentAndOfAllLetters() {
        var sequences = new Sequences(10, 12, 512);
        Set<String> heldOut = texts(sequences.heldOut());
        assertEquals(512, heldOut.size());
        assertEquals(letters("a b c d e f g h i j"), letters(String.join(" ", heldOut)));
        assertTrue(sequences.isHeldOut(sequences.heldOut()[511]));
        assertFalse(sequences.isHeldOut(sequences.batch(1)[0]));
    }

    private static Set<String> texts(int[][] sequences) {
        Set<String> texts = new HashSet<>();
        for (int[] sequence : sequences) {
            texts.add(Sequences.text(sequence));
        }
        return texts;
    }

    private static Set<String> letters(String text) {
        return new HashSet<>(List.of(text.split(" ", -1)));
    }

    @ParameterizedTest
    @CsvSource({"reverse, d b c a b", "sort, a b b c d"})
    void answers(String task, String expected) {
        int[] sequence = {1, 0, 2, 1, 3};
        int[] answer = new SequenceTask.ByName().convert(task).answer(sequence);
        assertEquals(expected, Sequences.text(answer));
        assertEquals("b a c b d", Sequences.text(sequence), "the question is as it was");
    }

    @Test
    void theMostProbableLetterHasTheLargestLogit() {
        Tensor logits =
                Tensor.of(new double[][][] {{{-3, -1, -2}, {5, 4, 5}}, {{0, 1, 2}, {2, 0, 0}}});
        assertArrayEquals(new int[][] {{1, 0}, {2, 0}}, Evaluation.mostProbable(logits));
    }

    @Test
    void anEvaluationCountsTokensAndWholeSequences() {
        Tensor logits =
                Tensor.of(new double[][][] {{{0, 8}, {8, 0}}, {{8, 0}, {8, 0}}, {{8, 0}, {0, 8}}});
        int[][] answers = {{1, 0}, {0, 1}, {1, 0}};
        Evaluation evaluation = Evaluation.of(logits, answers, 7);
        assertEquals(7, evaluation.step());
        assertEquals(3 / 6.0, evaluation.tokens(), 1e-12);
        assertEquals(1 / 3.0, evaluation.whole(), 1e-12);
        assertEquals(8 / 2.0 + Math.log1p(Math.exp(-8)), evaluation.loss(), 1e-5);
    }

    @Test
    void eachHeadOfEachLayerSharesOutItsAttention() {
        var net = new Encoder(10, 5, 64, 4, 2);
        Tensor tokens = Tensor.of(new int[][] {{0, 1, 2, 3, 4}, {9, 9, 9, 9, 9}});
        List<Tensor> weights = net.attentionWeights(tokens);
        assertEquals(2, weights.size());
        double[] ones = new double[2 * 4 * 5];
        Arrays.fill(ones, 1);
        for (Tensor layer : weights) {
            assertEquals(Shape.of(2, 4, 5, 5), layer.shape());
            assertArrayEquals(ones, layer.sum(-1).toArray(), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reverse", "sort"})
    void learnsWhatItHasNotSeen(String task) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String command =
                "attention --letters 4 --length 4 --layers 1 --lr 0.005 --steps 250 --task " + task;
        String[] args = (command + " --out " + folder).split(" ", -1);
        assertEquals(0, Main.execute(new PrintWriter(out), new PrintWriter(err), args));
        assertEquals("", err.toString());
        assertTrue(out.toString().contains("Held out, so never trained on: 64"), out.toString());
        assertTrue(out.toString().contains("Held out: "), out.toString());
        assertFalse(out.toString().contains("Not learned"), out.toString());
    }
}
