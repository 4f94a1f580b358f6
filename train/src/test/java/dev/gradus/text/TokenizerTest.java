package dev.gradus.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.text.Tokenizer.TextStream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Text to numbers and back. */
class TokenizerTest {
    private static final String TEXT =
            """
            The quick brown fox jumps over the lazy dog; the dog, being lazy, lets the fox jump.
            Was the dog's bark worse than the fox's bite? 1234567 foxes and 42 dogs can't say so.
                if (the.fox(x) == dogs[0]) {\treturn "naïve café — 漢字かな 😀😀 👩‍👩‍👧";}
            """;

    @TempDir Path folder;

    // ------------------------------------------------------------------ characters

    @Test
    void charactersAreCodePoints() throws IOException {
        CharTokenizer tokenizer = CharTokenizer.of("b😀a\uD800b");
        assertEquals(4, tokenizer.vocabularySize());
        assertArrayEquals(new int[] {0, 3, 1, 2}, tokenizer.encode("a😀b\uD800"));
        assertEquals("a😀b\uD800", tokenizer.decode(0, 3, 1, 2));
        String said =
                assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a😀é"))
                        .toString();
        assertTrue(said.contains("é (U+00E9) at index 3 is none of the 4"), said);
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(4));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(-1));
        assertThrows(IllegalArgumentException.class, () -> CharTokenizer.of(""));

        CharTokenizer lenient = tokenizer.withReplacement('?');
        assertEquals(5, lenient.vocabularySize());
        assertEquals("a?b?", lenient.decode(lenient.encode("aéb😁")));
        assertEquals(4, tokenizer.withReplacement('a').vocabularySize());

        for (CharTokenizer each : List.of(tokenizer, lenient)) {
            Path file = folder.resolve("characters");
            each.save(file);
            Tokenizer loaded = Tokenizer.load(file);
            assertEquals(each.vocabularySize(), loaded.vocabularySize());
            assertArrayEquals(each.encode("ab😀\uD800"), loaded.encode("ab😀\uD800"));
        }
        assertEquals(
                "???",
                Tokenizer.load(folder.resolve("characters"))
                        .decode(Tokenizer.load(folder.resolve("characters")).encode("xyz")));
    }

    // ------------------------------------------------------------------ byte pairs

    /** The definition, without anything that makes it fast. */
    private static List<BytePairTokenizer.Pair> slowly(String text, int merges) {
        List<int[]> pieces =
                new ArrayList<>(Pieces.of(text).map(BytePairTokenizer::bytesOf).toList());
        List<BytePairTokenizer.Pair> result = new ArrayList<>();
        while (result.size() < merges) {
            Map<BytePairTokenizer.Pair, Integer> counts = new HashMap<>();
            for (int[] piece : pieces) {
                for (int i = 0; i + 1 < piece.length; i++) {
                    counts.merge(
                            new BytePairTokenizer.Pair(piece[i], piece[i + 1]), 1, Integer::sum);
                }
            }
            BytePairTokenizer.Pair best = null;
            int most = 1;
            for (var entry : counts.entrySet()) {
                BytePairTokenizer.Pair pair = entry.getKey();
                boolean isLower =
                        best == null
                                || pair.left() < best.left()
                                || (pair.left() == best.left() && pair.right() < best.right());
                if (entry.getValue() > most || (entry.getValue() == most && most > 1 && isLower)) {
                    best = pair;
                    most = entry.getValue();
                }
            }
            if (best == null) {
                break;
            }
            BytePairTokenizer.Pair joined = best;
            int token = 256 + result.size();
            pieces.replaceAll(piece -> joined.join(piece, token));
            result.add(best);
        }
        return result;
    }

    private static String random(Random random, int length) {
        StringBuilder text = new StringBuilder();
        String alphabet = "aaab c\n😀é\uD83D\uDE00漢1'  ";
        for (int i = 0; i < length; i++) {
            if (random.nextInt(8) == 0) {
                text.append((char) random.nextInt(0x10000));
            } else {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void trainingFollowsTheDefinition(int seed) throws IOException {
        String text = seed == 0 ? TEXT.repeat(2) : random(new Random(seed), 600);
        BytePairTokenizer tokenizer = BytePairTokenizer.train(text, 400);
        List<BytePairTokenizer.Pair> merges = slowly(text, 400 - 256);
        Path file = folder.resolve("pairs");
        tokenizer.save(file);
        assertEquals(
                Stream.concat(
                                Stream.of("gradus byte pairs 1"),
                                merges.stream().map(pair -> pair.left() + " " + pair.right()))
                        .toList(),
                Files.readAllLines(file));
        assertEquals(256 + merges.size(), tokenizer.vocabularySize());
        int[] tokens = tokenizer.encode(text);
        assertArrayEquals(tokens, Tokenizer.load(file).encode(text));
        assertArrayEquals(tokens, BytePairTokenizer.train(text, 400).encode(text));
        // What training made of the text is what encoding makes of it.
        List<int[]> pieces =
                new ArrayList<>(Pieces.of(text).map(BytePairTokenizer::bytesOf).toList());
        for (int i = 0; i < merges.size(); i++) {
            BytePairTokenizer.Pair pair = merges.get(i);
            int token = 256 + i;
            pieces.replaceAll(piece -> pair.join(piece, token));
        }
        assertArrayEquals(pieces.stream().flatMapToInt(Arrays::stream).toArray(), tokens);
    }

    @Test
    void tokensAreShorterThanBytesAndAlwaysGiveTheTextBack() {
        BytePairTokenizer tokenizer = BytePairTokenizer.train(TEXT.repeat(3), 500);
        int bytes = TEXT.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(tokenizer.encode(TEXT).length < bytes / 2);
        Random random = new Random(9);
        List<String> texts = new ArrayList<>(List.of("", TEXT, "\uD800", "\uDC00\uD800", "\0"));
        texts.add("x".repeat(10_000));
        texts.add(" ".repeat(10_000) + "x");
        texts.add("\uD83D".repeat(100));
        for (int i = 0; i < 300; i++) {
            texts.add(random(random, random.nextInt(60)));
        }
        for (String text : texts) {
            assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
        }
        assertArrayEquals("😀".getBytes(StandardCharsets.UTF_8), bytes(tokenizer, "😀"));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(500));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.bytes(-1));
        assertThrows(IllegalArgumentException.class, () -> BytePairTokenizer.train(TEXT, 255));
    }

    private static byte[] bytes(BytePairTokenizer tokenizer, String text) {
        String hex =
                Arrays.stream(tokenizer.encode(text))
                        .mapToObj(t -> HexFormat.of().formatHex(tokenizer.bytes(t)))
                        .collect(Collectors.joining());
        return HexFormat.of().parseHex(hex);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the| fox|'|s| 123|45| (|x|)| | ==| y",
                "naïve| 漢字| e\u0301x|...",
                "a|_|b|2|c",
            })
    void piecesAreWordsNumbersAndSigns(String pieces) {
        List<String> expected = List.of(pieces.split("\\|", -1));
        assertEquals(expected, Pieces.of(String.join("", expected)).toList());
    }

    @Test
    void indentationIsOnePieceAndLeavesAWordItsBlank() {
        assertEquals(
                List.of("a", "\n   ", " b", "\t", "c", "\n\n"),
                Pieces.of("a\n    b\tc\n\n").toList());
        assertTrue(
                Pieces.of("é".repeat(1000) + " ".repeat(1000) + "😀".repeat(1000))
                        .allMatch(p -> Utf8.encode(p).length <= Pieces.MOST_BYTES));
    }

    // ------------------------------------------------------------------ streams

    @Test
    void aStreamHoldsBackWhatIsIncomplete() {
        BytePairTokenizer bytes = BytePairTokenizer.train("", 256);
        assertEquals(256, bytes.vocabularySize());
        TextStream stream = bytes.stream();
        List<String> parts = new ArrayList<>();
        for (int token : bytes.encode("a😀é")) {
            parts.add(stream.next(token));
        }
        assertEquals(List.of("a", "", "", "", "😀", "", "é"), parts);
        assertEquals("", stream.end());
        stream.next(0xF0);
        assertEquals("\uFFFDa", stream.next('a'));
        stream.next(0xF0);
        assertEquals("\uFFFD", stream.end());
        assertEquals("", stream.end());
    }

    /** Java's own decoder follows the same recommendation, but for halves of surrogate pairs. */
    @Test
    void malformedBytesAreReplacedAsJavaDoes() {
        BytePairTokenizer bytes = BytePairTokenizer.train("", 256);
        Random random = new Random(4);
        int[] likely = {
            0x41, 0x80, 0xBF, 0xC2, 0xE0, 0xA0, 0x9F, 0xEE, 0xF0, 0x90, 0xF4, 0x8F, 0xF5, 0xC0
        };
        for (int i = 0; i < 20_000; i++) {
            int[] tokens =
                    IntStream.range(0, 1 + random.nextInt(6))
                            .map(_ ->
                                    random.nextInt(3) == 0
                                            ? random.nextInt(256)
                                            : likely[random.nextInt(likely.length)])
                            .map(b -> b == 0xED ? 0xEE : b)
                            .toArray();
            byte[] raw = new byte[tokens.length];
            for (int k = 0; k < raw.length; k++) {
                raw[k] = (byte) tokens[k];
            }
            assertEquals(
                    new String(raw, StandardCharsets.UTF_8),
                    bytes.decode(tokens),
                    () -> Arrays.toString(raw));
        }
    }

    // ------------------------------------------------------------------ files

    @TestFactory
    Stream<DynamicTest> filesThatAreNoneAreTold() {
        return Stream.of(
                        List.of("", "line 1 is neither"),
                        List.of("{}", "line 1 is neither"),
                        List.of("gradus byte pairs 1\n97 98\n97", "line 3 has not two numbers"),
                        List.of(
                                "gradus byte pairs 1\n97 98\n97 257",
                                "line 3 has '257', which is no"),
                        List.of("gradus byte pairs 1\n97 -1", "line 2 has '-1'"),
                        List.of("gradus byte pairs 1\n97 x", "line 2 has 'x'"),
                        List.of("gradus byte pairs 1\n97 98\n97 98", "line 3 has a pair that was"),
                        List.of(
                                "gradus byte pairs 1\n97 97\n"
                                        + IntStream.range(256, 300)
                                                .mapToObj(i -> i + " " + i)
                                                .collect(Collectors.joining("\n")),
                                "line 9 makes a token of 256 bytes"),
                        List.of("gradus characters 1", "line 2 has no replacement"),
                        List.of("gradus characters 1\nreplacement none", "line 2"),
                        List.of("gradus characters 1\nnone\n61", "line 2 has no replacement"),
                        List.of(
                                "gradus characters 1\nreplacement 62\n61",
                                "none of the characters"),
                        List.of(
                                "gradus characters 1\nreplacement none\n62\n61",
                                "line 4 is not above"),
                        List.of(
                                "gradus characters 1\nreplacement none\n110000",
                                "line 3 is no code"),
                        List.of("gradus characters 1\nreplacement none\nzz", "line 3 is no code"))
                .map(row ->
                        dynamicTest(
                                "of " + row.getFirst(),
                                () -> {
                                    Path file = folder.resolve("broken");
                                    Files.writeString(file, row.getFirst());
                                    String said =
                                            assertThrows(
                                                            IOException.class,
                                                            () -> Tokenizer.load(file))
                                                    .toString();
                                    assertTrue(said.contains(row.getLast()), said);
                                    assertTrue(said.contains(file.toString()), said);
                                }));
    }

    @Test
    void noFileBreaksTheReader() throws IOException {
        BytePairTokenizer.train(TEXT.repeat(2), 300).save(folder.resolve("pairs"));
        CharTokenizer.of(TEXT).save(folder.resolve("characters"));
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            byte[] bytes = Files.readAllBytes(folder.resolve(i % 2 == 0 ? "pairs" : "characters"));
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("fuzz"), bytes);
            try {
                assertTrue(Tokenizer.load(file).vocabularySize() > 0);
            } catch (IOException e) {
                refused++;
            }
        }
        assertTrue(refused > 300, "only " + refused);
    }
}
