package dev.gradus.cuda;

/** What to do about each thing that may be wrong. */
final class Advice {
    /** JCuda 12.6 is built for CUDA 12, and a driver serves all versions of its major number. */
    static final int DRIVER_AT_LEAST = 12000;

    static final String SYSTEM =
            "use Linux on x86-64 for the GPU (on Windows: in WSL 2); the backend cpu runs"
                    + " everywhere";

    static final String DRIVER =
            "install NVIDIA's driver, 525 or newer (Ubuntu: sudo ubuntu-drivers install; Debian:"
                    + " sudo apt install nvidia-driver; in a container: docker run --gpus all)";

    static final String NEWER_DRIVER =
            "install NVIDIA's driver 525 or newer (nvidia-smi shows which there is); a GPU older"
                    + " than Maxwell, 2014, has none and cannot be used";

    static final String DRIVER_LIBRARY =
            "in a container: docker run --gpus all -e"
                    + " NVIDIA_DRIVER_CAPABILITIES=compute,utility; else install the package with"
                    + " it (Debian: libcuda1; Ubuntu: libnvidia-compute of the same release)";

    static final String NO_DEVICE =
            "make nvidia-smi list a GPU; a container needs --gpus all, a cluster's job must ask for"
                    + " a GPU";

    static final String NATIVES =
            "put org.jcuda:jcuda-natives and org.jcuda:jcublas-natives, version "
                    + JCudaNatives.VERSION
                    + ", classifier linux-x86_64, on the class path; Maven and Gradle do where"
                    + " gradus-cuda is a dependency and neither is excluded";

    static final String JCUDA =
            "put org.jcuda:jcuda and org.jcuda:jcublas, version "
                    + JCudaNatives.VERSION
                    + ", on the class path; Maven and Gradle do where gradus-cuda is a dependency";

    static final String TEMPORARY =
            "start java with -Djava.io.tmpdir=DIR, a folder that you may write to, on a file system"
                    + " from which programs may be run";

    static final String LIBRARIES =
            "put "
                    + Redist.COORDINATES
                    + " on the class path, or install CUDA 12's libraries (packages"
                    + " cuda-nvrtc-12-6 and libcublas-12-6), or name their folder with -D"
                    + Place.PROPERTY
                    + "=DIR";

    static final String REPORT =
            "please report this, with the output of ./gradus doctor; the backend cpu works"
                    + " meanwhile";

    private Advice() {}

    /** About an error of cuInit. */
    static String onInit(int code) {
        return switch (code) {
            case 34 ->
                    "take the toolkit's folder \"stubs\", which is for linking only, out of"
                            + " LD_LIBRARY_PATH, so that the driver's own libcuda.so.1 is found";
            case 46, 801, 802, 803, 804 ->
                    "restart the computer (after an update of the driver its parts may differ in"
                            + " version); nvidia-smi must work";
            case 100 -> NO_DEVICE;
            case 999 ->
                    "reload the driver's module (sudo modprobe -r nvidia_uvm; sudo modprobe"
                            + " nvidia_uvm), or restart the computer; nvidia-smi must work";
            default -> "see whether nvidia-smi works; if not, install the driver again";
        };
    }
}
