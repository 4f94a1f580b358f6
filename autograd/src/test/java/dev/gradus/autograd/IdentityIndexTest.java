package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

class IdentityIndexTest {
    /** Random puts, with few keys and with more than are compared one by one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 18, 100})
    void isAMapByIdentity(int different) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < different; i++) {
            keys.add(new String("equal, and not the same"));
        }
        Random random = new Random(different);
        var index = new IdentityIndex<Integer>();
        for (int round = 0; round < 3; round++) {
            Map<String, Integer> expected = new IdentityHashMap<>();
            for (int i = 0; i < 20 * different; i++) {
                String key = keys.get(random.nextInt(different));
                index.put(key, i);
                expected.put(key, i);
                String other = keys.get(random.nextInt(different));
                assertEquals(expected.get(key), index.get(key));
                assertEquals(expected.get(other), index.get(other));
            }
            index.clear();
            for (String key : keys) {
                assertNull(index.get(key));
            }
        }
    }
}
