"""Trains a small network with PyTorch and writes its checkpoints: `checkpoints/epoch_<n>.pth` (with the optimizer, so
that training could go on) and `checkpoints/best_model.pth` (the state dict alone).

    python models/training/spirals_torch.py        # needs torch (made with 2.15.0), nothing else

Not part of train.sh, whose environment has no PyTorch. Synthetic data: two spirals.
"""

from pathlib import Path

import torch

FOLDER = Path(__file__).parent.parent / "checkpoints"
EPOCHS = 20
EVERY = 10


def spirals(count):
    angle = torch.linspace(0.2, 3.0, count) * 3
    points = torch.stack([angle * torch.cos(angle), angle * torch.sin(angle)], dim=1) / 9
    labels = torch.cat([torch.zeros(count), torch.ones(count)]).long()
    return torch.cat([points, -points]) + 0.02 * torch.randn(2 * count, 2), labels


def main():
    torch.manual_seed(20240601)
    torch.set_num_threads(1)
    inputs, labels = spirals(100)
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 16), torch.nn.BatchNorm1d(16), torch.nn.ReLU(), torch.nn.Linear(16, 2)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    best = float("inf")
    for epoch in range(1, EPOCHS + 1):
        model.train()
        for batch in torch.randperm(len(inputs)).split(40):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch])
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            loss = torch.nn.functional.cross_entropy(model(inputs), labels).item()
            outputs = model(inputs[:5])
        if loss < best:
            best = loss
            torch.save(model.state_dict(), FOLDER / "best_model.pth")
        if epoch % EVERY == 0:
            checkpoint = {
                "epoch": epoch,
                "loss": loss,
                "model_state_dict": model.state_dict(),
                "optimizer_state_dict": optimizer.state_dict(),
                # What this network answers, so that whoever reads the file can compare.
                "sample": {"inputs": inputs[:5], "outputs": outputs},
            }
            torch.save(checkpoint, FOLDER / f"epoch_{epoch}.pth")
    print(f"best loss {best:.4f}")


if __name__ == "__main__":
    main()
