"""Makes the *.safetensors beside this file. Run with PyTorch 1.13.1; needs no other package.

For each model NAME its state_dict, NAME.safetensors, and an input x with the output y in
evaluation mode, NAME.io.safetensors.
"""

import json
import pathlib
import struct

import torch
from torch import nn

TYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}


def write(name, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for key, tensor in tensors.items():
        raw = tensor.detach().contiguous().numpy().tobytes()
        header[key] = {
            "dtype": TYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    path = pathlib.Path(__file__).parent / (name + ".safetensors")
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def model(name, net, x):
    for tensor in [*net.parameters(), *net.buffers()]:
        if tensor.is_floating_point():
            tensor.data.uniform_(-0.8, 0.8)
    for key, tensor in net.named_buffers():
        if key.endswith("running_var"):
            tensor.data.abs_().add_(0.5)
    net.eval()
    write(name, net.state_dict())
    write(name + ".io", {"x": x, "y": net(x)})


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(11, 8)
        self.layers = nn.Sequential(
            *[
                nn.TransformerEncoderLayer(
                    8, 2, 12, activation="gelu", norm_first=True, batch_first=True
                )
                for _ in range(2)
            ]
        )
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 11, bias=False)

    def forward(self, ids):
        return self.head(self.norm(self.layers(self.tokens(ids))))


torch.manual_seed(7)
mlp = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 2))
model("mlp", mlp, torch.rand(4, 3))
model("encoder", Encoder(), torch.randint(0, 11, (2, 5)))
