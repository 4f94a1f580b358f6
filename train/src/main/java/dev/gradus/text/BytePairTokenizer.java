package dev.gradus.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Byte-pair encoding of the bytes of UTF-8: the tokens are the 256 bytes, and then those that join
 * two tokens which often stood side by side in the text it was trained on (Sennrich, Haddow and
 * Birch, "Neural machine translation of rare words with subword units", 2016; on bytes as in
 * Radford et al., "Language models are unsupervised multitask learners", 2019).
 *
 * <p>Any string has tokens, and they give back exactly that string: emoji, and also halves of
 * surrogate pairs that stand alone, which are encoded as if they were characters. Bytes that a
 * model puts together wrongly become U+FFFD.
 *
 * <p>Safe to use from many threads.
 */
public final class BytePairTokenizer implements Tokenizer {
    static final String HEADER = "gradus byte pairs 1";
    static final int BYTES = 256;

    /** So many pieces of text are remembered with their tokens; most are words that come again. */
    private static final int MOST_REMEMBERED = 1 << 16;

    private final List<Pair> merges;
    private final Map<Pair, Integer> tokenOf = new HashMap<>();
    private final byte[][] bytes;
    private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

    /** Two tokens side by side. */
    record Pair(int left, int right) {
        /** The tokens with this token in place of each such pair, from the left. */
        int[] join(int[] tokens, int joined) {
            int[] result = new int[tokens.length];
            int n = 0;
            for (int i = 0; i < tokens.length; i++) {
                boolean here = tokens[i] == left && i + 1 < tokens.length && tokens[i + 1] == right;
                result[n++] = here ? joined : tokens[i];
                i += here ? 1 : 0;
            }
            return n == tokens.length ? tokens : Arrays.copyOf(result, n);
        }
    }

    /** Merge number i makes the token 256 + i, of tokens before it. */
    BytePairTokenizer(List<Pair> merges) {
        this.merges = List.copyOf(merges);
        bytes = new byte[BYTES + merges.size()][];
        for (int token = 0; token < BYTES; token++) {
            bytes[token] = new byte[] {(byte) token};
        }
        for (Pair pair : merges) {
            int token = BYTES + tokenOf.size();
            byte[] left = bytes[pair.left];
            bytes[token] = Arrays.copyOf(left, left.length + bytes[pair.right].length);
            System.arraycopy(
                    bytes[pair.right], 0, bytes[token], left.length, bytes[pair.right].length);
            tokenOf.put(pair, token);
        }
    }

    /**
     * Learns tokens from a text: time and again the pair that is most frequent becomes one, of
     * equally frequent ones that of the lowest left token, then of the lowest right one. Tokens
     * never reach over the pieces that {@link Pieces} cuts.
     *
     * @param vocabularySize how many tokens to have, at least 256; fewer come out if no pair is
     *     left that is there twice
     */
    public static BytePairTokenizer train(String text, int vocabularySize) {
        if (vocabularySize < BYTES) {
            throw new IllegalArgumentException(
                    "BytePairTokenizer: %d tokens; the bytes alone are %d"
                            .formatted(vocabularySize, BYTES));
        }
        return new BytePairTokenizer(new PairCounts(text).merges(vocabularySize - BYTES));
    }

    @Override
    public int vocabularySize() {
        return bytes.length;
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder tokens = IntStream.builder();
        Pieces.of(text)
                .forEach(piece -> {
                    for (int token : tokensOf(piece)) {
                        tokens.add(token);
                    }
                });
        return tokens.build().toArray();
    }

    private int[] tokensOf(String piece) {
        int[] known = remembered.get(piece);
        if (known != null) {
            return known;
        }
        int[] tokens = bytesOf(piece);
        while (true) {
            // The earliest learned pair comes first, as it did in training.
            Pair first = null;
            int lowest = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < tokens.length; i++) {
                Pair pair = new Pair(tokens[i], tokens[i + 1]);
                int token = tokenOf.getOrDefault(pair, Integer.MAX_VALUE);
                if (token < lowest) {
                    lowest = token;
                    first = pair;
                }
            }
            if (first == null) {
                break;
            }
            tokens = first.join(tokens, lowest);
        }
        if (remembered.size() < MOST_REMEMBERED) {
            remembered.put(piece, tokens);
        }
        return tokens;
    }

    /** The tokens of a piece of text before any are joined. */
    static int[] bytesOf(String piece) {
        byte[] utf8 = Utf8.encode(piece);
        int[] tokens = new int[utf8.length];
        Arrays.setAll(tokens, i -> utf8[i] & 0xFF);
        return tokens;
    }

    /**
     * The bytes that a token stands for.
     *
     * @throws IllegalArgumentException if the number is no token
     */
    public byte[] bytes(int token) {
        checkToken(token, bytes.length);
        return bytes[token].clone();
    }

    @Override
    public TextStream stream() {
        return new TextStream() {
            private final Utf8.Decoder decoder = new Utf8.Decoder();

            @Override
            public String next(int token) {
                checkToken(token, bytes.length);
                var text = new StringBuilder();
                for (byte b : bytes[token]) {
                    decoder.next(b, text);
                }
                return text.toString();
            }

            @Override
            public String end() {
                var text = new StringBuilder();
                decoder.end(text);
                return text.toString();
            }
        };
    }

    static void checkToken(int token, int size) {
        if (token < 0 || token >= size) {
            throw new IllegalArgumentException(
                    "%d is no token; there are %d, counted from 0".formatted(token, size));
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>A text file: the line {@code gradus byte pairs 1}, and then a line with two numbers for
     * each token from 256 on: the tokens that it joins.
     */
    @Override
    public void save(Path file) throws IOException {
        TokenizerFile.write(
                file,
                Stream.concat(
                        Stream.of(HEADER),
                        merges.stream().map(pair -> pair.left + " " + pair.right)));
    }

    /** Reads what {@link #save} wrote. */
    static BytePairTokenizer read(List<String> lines) throws TokenizerFile.Malformed {
        List<Pair> merges = new ArrayList<>();
        Map<Pair, Integer> seen = new HashMap<>();
        List<Integer> lengths = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String[] numbers = lines.get(i).split(" ", -1);
            if (numbers.length != 2) {
                throw new TokenizerFile.Malformed(i + 1, "has not two numbers");
            }
            Pair pair = new Pair(token(numbers[0], i), token(numbers[1], i));
            if (seen.put(pair, i) != null) {
                throw new TokenizerFile.Malformed(i + 1, "has a pair that was there before");
            }
            int length = length(pair.left, lengths) + length(pair.right, lengths);
            if (length > Pieces.MOST_BYTES) {
                throw new TokenizerFile.Malformed(
                        i + 1, "makes a token of %d bytes; no piece is so long".formatted(length));
            }
            merges.add(pair);
            lengths.add(length);
        }
        return new BytePairTokenizer(merges);
    }

    private static int length(int token, List<Integer> lengths) {
        return token < BYTES ? 1 : lengths.get(token - BYTES);
    }

    private static int token(String text, int line) throws TokenizerFile.Malformed {
        try {
            int token = Integer.parseInt(text);
            if (token >= 0 && token < BYTES + line - 1) {
                return token;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new TokenizerFile.Malformed(
                line + 1, "has '%s', which is no token from a line before".formatted(text));
    }
}
