"""Metrics say how good a ranking and a confidence are."""

import pytest

from bot.metric import auroc, calibration_error, ndcg, operating_points, recall, reliability


def test_auroc_counts_the_pairs_in_the_right_order():
    assert auroc([(True, 0.9), (True, 0.4), (False, 0.5), (False, 0.1)]) == 0.75


def test_auroc_counts_a_tie_as_half():
    assert auroc([(True, 0.5), (False, 0.5)]) == 0.5


def test_auroc_of_a_single_class_is_unknown():
    assert auroc([(True, 0.5)]) is None


def test_recall_counts_the_ranks_up_to_k():
    assert recall([1, 3, None, 11], 3) == 0.5


def test_recall_of_no_question_is_nothing():
    assert recall([], 3) == 0


def test_ndcg_discounts_by_the_rank():
    assert ndcg([1, 3], 10) == pytest.approx((1 + 0.5) / 2)


def test_ndcg_of_a_rank_beyond_k_is_nothing():
    assert ndcg([11, None], 10) == 0


def test_a_full_confidence_falls_into_the_last_bin():
    (last,) = reliability([(True, 1.0)])
    assert (last.first, last.last, last.right) == (0.9, 1.0, 1.0)


def test_the_calibration_error_is_the_gap_weighed_by_the_size_of_its_bin():
    sure_and_right = [(True, 1.0)] * 3
    sure_and_wrong = [(False, 0.4)]
    assert calibration_error(reliability(sure_and_right + sure_and_wrong)) == pytest.approx(0.1)


def test_the_calibration_error_of_nothing_is_nothing():
    assert calibration_error([]) == 0


def test_a_threshold_trades_wrong_replies_for_abstentions():
    scored = [(True, 0.9), (True, 0.3), (False, 0.6), (False, 0.2)]
    low, high = operating_points(scored, [True, True, True, False], (0.1, 0.7))
    assert (low.right, low.wrong, low.abstained) == (2, 2, 0)
    assert (high.right, high.wrong, high.abstained) == (1, 0, 2)
