from __future__ import annotations

import pytest

from cellbook.records import Direction, direction_of

MORE = "accuracy val_acc f1_macro R2 ROC_AUC mAP top5_acc valAcc neg_mean_squared_error recall@10"
LESS = "loss val_loss trainLoss loss{split=acc} MSE train/err score_time perplexity test.logloss"
UNKNOWN = "lr epoch gpu_util x 3 {split=acc}"


@pytest.mark.parametrize("name", MORE.split())
def test_direction_of_gains(name: str) -> None:
    assert direction_of(name) is Direction.MORE


@pytest.mark.parametrize("name", LESS.split())
def test_direction_of_losses(name: str) -> None:
    assert direction_of(name) is Direction.LESS


@pytest.mark.parametrize("name", ["", *UNKNOWN.split()])
def test_direction_of_what_does_not_tell(name: str) -> None:
    assert direction_of(name) is None
