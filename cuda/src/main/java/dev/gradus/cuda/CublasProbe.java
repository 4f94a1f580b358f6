package dev.gradus.cuda;

import static dev.gradus.cuda.Component.works;

import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;

import java.util.List;

/** Looks at cuBLAS. */
final class CublasProbe {
    private final JCudaNatives natives;
    private final Libraries libraries;
    private int version;

    CublasProbe(JCudaNatives natives, Libraries libraries) {
        this.natives = natives;
        this.libraries = libraries;
    }

    /** Such as 120603; 0 if unknown. */
    int version() {
        return version;
    }

    List<Component> look() {
        Component library = libraries.component("cuBLAS", Libraries.CUBLAS, "JCublas2", natives);
        if (!library.works() || !natives.works("JCublas2")) {
            return List.of(library);
        }
        int[] answer = {0};
        // A real handle would need a GPU, and this does not look at it.
        JCublas2.cublasGetVersion(new cublasHandle(), answer);
        version = answer[0];
        String dotted = version / 10000 + "." + version / 100 % 100 + "." + version % 100;
        return List.of(works("cuBLAS", dotted + ", " + library.text()));
    }
}
