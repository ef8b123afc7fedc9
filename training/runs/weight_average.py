"""A running average of a model's weights; it is better than the last step while the learning rate is high."""

import torch

DECAY = 0.998


class WeightAverage:
    """Exponential moving average over steps. `weights` is a state dict, which is loaded for inference."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, step: int) -> None:
        decay = min(DECAY, step / (step + 10))  # early steps get less weight
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                self.weights[name].lerp_(tensor, 1 - decay)
            else:
                self.weights[name].copy_(tensor)
