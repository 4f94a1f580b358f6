package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

class SummaryTest {
    /** Layers inside layers, one of them twice, one frozen, and slots beside them. */
    private static final class Model extends Layer {
        Model() {
            child("tokens", new Embedding(1000, 4));
            child("ff", new FeedForward(4, 8));
            Layer shared = child("mix", new Linear(4, 4));
            child("again", new Sequential(shared, new Tanh()));
            child("head", new Linear(4, 1000, false)).freeze();
            parameter("scale", Tensor.ones());
            slot("steps", Tensor.zeros(2));
        }
    }

    @Test
    void aTableOfTheLayers() {
        assertEquals(
                """
                layer          type                    slots                    parameters
                (all)          Model                   scale [], steps [2]               1
                tokens         Embedding(1000, 4)      weight [1000, 4]              4,000
                ff             FeedForward                                               0
                ff.linear1     Linear(4, 8)            weight [4, 8], bias [8]          40
                ff.activation  GELU()                                                    0
                ff.linear2     Linear(8, 4)            weight [8, 4], bias [4]          36
                ff.dropout     Dropout(0.0)                                              0
                mix            Linear(4, 4)            weight [4, 4], bias [4]          20
                again          Sequential                                                0
                again.0        Linear(4, 4)            weight [4, 4], bias [4]          20
                again.1        Tanh()                                                    0
                head           Linear(4, 1000, false)  weight [4, 1000]              4,000
                8,097 parameters, 4,097 of them trainable; 32,396 bytes in all slots\
                """,
                new Model().summary());
    }

    @Test
    void aLayerAlone() {
        assertEquals(
                """
                layer  type    slots  parameters
                (all)  ReLU()                  0
                0 parameters, 0 of them trainable; 0 bytes in all slots\
                """,
                new ReLU().summary());
    }
}
