"""Whether more of a metric is better or less, as far as its name tells."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache


class Direction(Enum):
    """Which way a metric should go."""

    MORE = "more is better"
    LESS = "less is better"


_LESS_WORDS = """
loss error err mse rmse mae mape smape msle rmsle medae mad perplexity ppl nll logloss
crossentropy entropy hinge brier ece wer cer ter fid kid regret cost latency duration time
seconds ms bpc bpb deviance aic bic distance residual misclassification fpr fnr hamming
"""
_MORE_WORDS = """
acc accuracy f1 f2 fbeta fscore auc auroc auprc auprg roc ap map r2 score precision recall
sensitivity specificity tpr tnr bleu rouge meteor chrf ndcg mrr hits iou miou dice jaccard
kappa mcc reward return throughput psnr ssim silhouette likelihood elbo correlation corr
spearman pearson gini lift purity nmi ari top1 top5 winrate
"""
_LESS = frozenset(_LESS_WORDS.split())
_MORE = frozenset(_MORE_WORDS.split())
_LESS_ENDS = ("loss", "error", "mse", "entropy")
_MORE_ENDS = ("accuracy", "score", "auc", "precision", "recall", "reward")
_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


@lru_cache(maxsize=4096)
def direction_of(name: str) -> Direction | None:
    """Return which way a metric should go, or None if its name does not tell.

    The last word that tells decides, so that ``score_time`` is a time and ``error_recall`` a
    recall; scikit-learn's ``neg_…`` turns it round.  What stands in braces is the context.
    """
    words = [word.lower() for word in _WORDS.findall(name.partition("{")[0])]
    for word in reversed(words):
        found = _direction_of_word(word)
        if found is not None:
            if words[0] in ("neg", "negative"):
                return Direction.MORE if found is Direction.LESS else Direction.LESS
            return found
    return None


def _direction_of_word(word: str) -> Direction | None:
    if word in _LESS:
        return Direction.LESS
    if word in _MORE:
        return Direction.MORE
    if word.endswith(_LESS_ENDS):
        return Direction.LESS
    return Direction.MORE if word.endswith(_MORE_ENDS) else None
