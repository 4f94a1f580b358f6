package dev.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.data.TextFiles.Malformed;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** IDX files and files of text: whole ones, and what somebody may have made of them. */
class FilesTest {
    @TempDir Path folder;

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private record Whole(String hex, DType dtype, String shape, double... values) {}

    @TestFactory
    Stream<DynamicTest> idxReadsEveryType() {
        return Stream.of(
                        new Whole("0000 0801 00000003 00 7F FF", DType.INT32, "[3]", 0, 127, 255),
                        new Whole("0000 0901 00000003 00 7F FF", DType.INT32, "[3]", 0, 127, -1),
                        new Whole("0000 0B01 00000002 FFFE 0102", DType.INT32, "[2]", -2, 258),
                        new Whole("0000 0C01 00000001 80000000", DType.INT32, "[1]", -0x1p31),
                        new Whole("0000 0D01 00000001 3FC00000", DType.FLOAT32, "[1]", 1.5),
                        new Whole("0000 0E01 00000001 3FB999999999999A", DType.FLOAT64, "[1]", 0.1),
                        new Whole(
                                "0000 0803 00000001 00000002 00000002 01020304",
                                DType.INT32,
                                "[1, 2, 2]",
                                1,
                                2,
                                3,
                                4),
                        new Whole("0000 0802 00000000 00000002", DType.INT32, "[0, 2]"),
                        new Whole("0000 0800 07", DType.INT32, "[]", 7))
                .map(whole ->
                        dynamicTest(
                                whole.hex,
                                () -> {
                                    byte[] bytes = hex(whole.hex);
                                    for (byte[] form : new byte[][] {bytes, gzip(bytes)}) {
                                        Tensor read = Idx.read(file(form));
                                        assertEquals(whole.dtype, read.dtype());
                                        assertEquals(whole.shape, read.shape().toString());
                                        assertArrayEquals(whole.values, read.toArray());
                                    }
                                }));
    }

    private record Broken(String hex, String... parts) {}

    @TestFactory
    Stream<DynamicTest> idxSaysWhatIsWrong() {
        return Stream.of(
                        new Broken("", "starts with nothing"),
                        new Broken("0000 08", "starts with 00 00 08"),
                        new Broken("0100 0801 00000001 00", "starts with 01 00 08 01"),
                        new Broken("0000 0A01 00000001 00", "the type 0x0A at offset 2"),
                        new Broken("0000 0802 00000001 0000", "2 axes, at offset 10"),
                        new Broken("0000 0801 FFFFFFFF 00", "axis 0 has the size 4294967295"),
                        new Broken("0000 0801 7FFFFFFF 00", "more than a Java array holds"),
                        new Broken(
                                "0000 0801 7FFFFFF0 00", "takes 2147483632 bytes", "there are 1"),
                        new Broken("0000 0E01 7FFFFFF0 00", "more than a Java array holds"),
                        new Broken(
                                "0000 0804 7FFFFFFF 7FFFFFFF 7FFFFFFF 7FFFFFFF 00",
                                "more than a Java array holds"),
                        new Broken("0000 0803 00000000 7FFFFFFF 7FFFFFFF 00", "the header"),
                        new Broken("0000 0801 00000002 00", "takes 2 bytes", "there are 1"),
                        new Broken("0000 0C01 00000001 000000", "takes 4 bytes", "there are 3"),
                        new Broken("0000 0801 00000001 0000", "there are more"),
                        new Broken("1F8B", "can't be unpacked"))
                .map(broken ->
                        dynamicTest(
                                "of " + broken.hex,
                                () -> {
                                    Path file = file(hex(broken.hex));
                                    String[] parts =
                                            Arrays.copyOf(broken.parts, broken.parts.length + 1);
                                    parts[broken.parts.length] = file.toString();
                                    Said.by(IOException.class, () -> Idx.read(file), parts);
                                }));
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("missing");
        Said.by(NoSuchFileException.class, () -> Idx.read(missing), "missing");
        Said.by(NoSuchFileException.class, () -> TextFiles.read(missing), "missing");
        Said.by(NoSuchFileException.class, () -> Csv.withHeader().read(missing), "missing");
    }

    /** Whatever the bytes are, there is a result or an IOException, and memory for both. */
    @Test
    void noFileBreaksTheReaders() throws IOException {
        byte[] idx = hex("0000 0C02 00000003 00000002" + "01020304".repeat(6));
        byte[] csv = "a,b\n1,\"2\"\n3,4\n".getBytes(StandardCharsets.UTF_8);
        var random = new Random(1);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 1500; i++) {
            byte[] bytes = (i % 4 < 2 ? idx : csv).clone();
            bytes = i % 2 == 0 ? bytes : gzip(bytes);
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(Math.min(bytes.length, 40))] = (byte) random.nextInt(256);
            }
            bytes = Arrays.copyOf(bytes, bytes.length - Math.max(0, random.nextInt(12) - 8));
            try {
                if (i % 4 < 2) {
                    Idx.read(file(bytes));
                } else {
                    Csv.withHeader().read(new ByteArrayInputStream(bytes), "fuzz");
                }
                read++;
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).length() > 10, e.toString());
                refused++;
            }
        }
        assertTrue(read > 100 && refused > 100, read + " read, " + refused + " refused");
    }

    @Test
    void textIsUtf8OrAnErrorThatNamesTheOffset() throws IOException {
        String text = "naïve, 漢字, 😀\r\n";
        byte[] whole = text.getBytes(StandardCharsets.UTF_8);
        assertEquals(text, TextFiles.read(file(whole)));
        assertEquals(text, TextFiles.read(file(gzip(whole))));
        assertEquals("", TextFiles.read(file(new byte[0])));

        Path latin = file("naïve".getBytes(StandardCharsets.ISO_8859_1));
        Said.by(
                IOException.class,
                () -> TextFiles.read(latin),
                latin.toString(),
                "byte 0xEF at offset 2",
                "can't be there");
        assertEquals("na\uFFFDve", TextFiles.read(latin, Malformed.REPLACE));

        Path cut = file(Arrays.copyOf(whole, whole.length - 3));
        Said.by(
                IOException.class,
                () -> TextFiles.read(cut),
                "byte 0xF0 at offset " + (whole.length - 6),
                "cuts off");
        assertEquals("naïve, 漢字, \uFFFD", TextFiles.read(cut, Malformed.REPLACE));
    }
}
