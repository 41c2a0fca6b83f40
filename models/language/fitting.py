"""Multinomial logistic regression on sparse counts of features."""

import itertools

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix


def fit(matrix, labels, weights, classes, l2, offset):
    """Multinomial logistic regression; returns features x classes."""
    targets = np.zeros((len(labels), classes), np.float32)
    targets[np.arange(len(labels)), labels] = 1.0
    transposed = matrix.T.tocsr()
    total = weights.sum()

    def loss(flat):
        parameters = flat.reshape(matrix.shape[1], classes).astype(np.float32)
        scores = matrix @ parameters + offset
        scores -= scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        value = -(weights * log_p[np.arange(len(labels)), labels]).sum() / total
        gradient = transposed @ ((np.exp(log_p) - targets) * (weights / total)[:, None])
        value += l2 * float((parameters**2).sum())
        return value, (gradient + 2 * l2 * parameters).ravel().astype(np.float64)

    start = np.zeros(matrix.shape[1] * classes)
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 90, "maxcor": 6})
    print("  loss", round(result.fun, 4), "after", result.nit, "steps")
    return result.x.reshape(matrix.shape[1], classes)


def sparse(examples, width):
    indptr = np.cumsum([0] + [len(features) for features in examples])
    indices = np.fromiter(itertools.chain.from_iterable(examples), np.int32, indptr[-1])
    data = np.ones(len(indices), np.float32)
    return csr_matrix((data, indices, indptr), shape=(len(examples), width))
