package dev.gradus.cuda;

import jcuda.nvrtc.JNvrtc;

/** The main class of a child process that uses JCuda without Gradus. */
final class Naive {
    private Naive() {}

    public static void main(String[] args) {
        JNvrtc.setExceptionsEnabled(true);
    }
}
