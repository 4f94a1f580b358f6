package dev.gradus.expr;

/** The value of an expression at a point, in double: its program, step by step. */
final class Evaluate {
    private Evaluate() {}

    static double at(Expr expr, double... inputs) {
        return with(expr, new double[0], inputs);
    }

    static double with(Expr expr, double[] scalars, double... inputs) {
        Program p = expr.program();
        double[] values = new double[p.firstStep() + p.steps().size()];
        System.arraycopy(inputs, 0, values, 0, p.inputs());
        System.arraycopy(scalars, 0, values, p.inputs(), p.scalars());
        for (int i = 0; i < p.constants(); i++) {
            values[p.inputs() + p.scalars() + i] = p.constant(i);
        }
        int n = p.firstStep();
        for (Program.Step s : p.steps()) {
            values[n++] = s.fn().apply(values[s.a()], values[s.b()], values[s.c()]);
        }
        return values[p.output(0)];
    }
}
