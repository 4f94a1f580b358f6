package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

/** How the words of NVIDIA's assembler are read; these are its own, of version 12.6. */
class RealNvrtcTest {
    private static final String LOG =
            """
            ptxas info    : 0 bytes gmem
            ptxas info    : Compiling entry function '_Z6addAllILi8EEvPf' for 'sm_90'
            ptxas info    : Function properties for _Z6addAllILi8EEvPf
            ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
            ptxas info    : Used 24 registers, used 0 barriers
            ptxas info    : Compiling entry function 'spills' for 'sm_90'
            ptxas info    : Function properties for spills
            ptxas         .     136 bytes stack frame, 144 bytes spill stores, 140 bytes spill loads
            ptxas info    : Used 24 registers, used 1 barriers, 136 bytes cumulative stack size
            ptxas info    : Compiling entry function 'big' for 'sm_90'
            ptxas info    : Function properties for big
            ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
            ptxas info    : Used 10 registers, used 1 barriers, 52000 bytes smem, 380 bytes cmem[0]
            """;

    @Test
    void everyKernelIsReadWithWhatItUses() {
        assertEquals(
                List.of(
                        new PtxasLog.Kernel("_Z6addAllILi8EEvPf", 24, 0, 0),
                        new PtxasLog.Kernel("spills", 24, 0, 284),
                        new PtxasLog.Kernel("big", 10, 52000, 0)),
                PtxasLog.kernels(LOG));
        assertEquals(List.of(), PtxasLog.kernels(""));
    }

    @Test
    void spillsAndTooMuchSharedMemoryAreProblems() {
        assertEquals(
                List.of(
                        "x: spills spills 284 bytes of registers",
                        "x: big has 52000 bytes of static shared memory, and 49152 is the most"),
                RealNvrtc.problems("x: ", PtxasLog.kernels(LOG)));
        assertEquals(List.of("x: has no kernel"), RealNvrtc.problems("x: ", List.of()));
        assertEquals(
                List.of(),
                RealNvrtc.problems("x: ", List.of(new PtxasLog.Kernel("k", 255, 49152, 0))));
    }
}
