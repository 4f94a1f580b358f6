package dev.gradus.cuda;

import jcuda.driver.CUdeviceptr;

/** A device address as a long, which JCuda's pointers hide. */
final class DevicePointer extends CUdeviceptr {
    /** For a call of the driver to fill in. */
    DevicePointer() {}

    private DevicePointer(long address) {
        super(new CUdeviceptr(), address);
    }

    static DevicePointer at(long address) {
        return new DevicePointer(address);
    }

    long address() {
        return getNativePointer() + getByteOffset();
    }
}
