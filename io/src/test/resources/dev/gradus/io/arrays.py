"""Makes the *.npy and *.npz beside this file. Run with NumPy 2.4.6."""

import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
count = np.arange(12).reshape(3, 4)
arrays = {}
for order in "<>":
    for code in ("f8", "f4", "f2"):
        arrays[code + order.replace("<", "le").replace(">", "be")] = ((count - 5) / 4).astype(order + code)
    for code in ("i8", "i4"):
        arrays[code + order.replace("<", "le").replace(">", "be")] = (count * 1000 - 5000).astype(order + code)
arrays["u1"] = (count * 20).astype("u1")
arrays["b1"] = count % 3 == 0
arrays["fortran"] = np.asfortranarray(((np.arange(24).reshape(2, 3, 4) - 5) / 4).astype("f4"))
arrays["scalar"] = np.float64(2.5)
arrays["vector"] = np.arange(5, dtype="i4")
arrays["empty"] = np.zeros((0, 3), "f4")
np.savez(here / "arrays.npz", **arrays)
np.savez_compressed(here / "compressed.npz", **arrays)
for version in (1, 2, 3):
    with open(here / f"version{version}.npy", "wb") as file:
        np.lib.format.write_array(file, np.asfortranarray(arrays["f8be"]), version=(version, 0))
