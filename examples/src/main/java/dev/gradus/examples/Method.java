package dev.gradus.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.Locale;

/** The optimizers of the lesson {@link Rosenbrock}, and the learning rates they have there. */
enum Method {
    SGD(0.001),
    /** As in PyTorch, where gradients add up. */
    MOMENTUM(0.001),
    /** The other convention, an average of gradients: a tenth as far at the same learning rate. */
    AVERAGE(0.001),
    NESTEROV(0.001),
    ADAM(0.01),
    /** 1 is the whole step, to where a parabola of f's slope and curvature has its minimum. */
    NEWTON(1);

    private final double rate;

    Method(double rate) {
        this.rate = rate;
    }

    double rate() {
        return rate;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Finds a method by its name. */
    static final class ByName implements ITypeConverter<Method> {
        @Override
        public Method convert(String name) {
            for (Method method : values()) {
                if (method.toString().equals(name.strip())) {
                    return method;
                }
            }
            throw new TypeConversionException(
                    "there is no optimizer '%s'; there are %s"
                            .formatted(name, Arrays.toString(values())));
        }
    }
}
