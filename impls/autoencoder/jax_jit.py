"""The cost as it stands; JAX finds its gradient and compiles both (XLA).

Nobody writes a derivative: ``jax.value_and_grad`` goes back through the forward pass, operation by operation. x is
copied to an array of JAX's own in `prepare`; the few parameters are copied at each step, as a minimisation changes
them. One thread only: XLA's work wanders over the threads of a pool beside the one that calls, so that a larger number
could not be verified.
"""

import jax
import numpy as np

REQUIRES = ("jax",)
COPIES_INPUTS = True


def unsupported(case):
    return "XLA cannot be held to a number of threads above one" if case.threads > 1 else None


def prepare(inputs):
    """Return the step over a copy of x and the parameters of problem.py, compiled for their dtype."""
    jax.config.update("jax_enable_x64", val=True)  # else float64 becomes float32
    jax.config.update("jax_cpu_enable_async_dispatch", val=False)  # compute in this thread, which would only wait
    x, w1, b1, w2, b2, *weights = inputs.values()
    cpu = jax.devices("cpu")[0]
    given = jax.numpy.array(x, device=cpu)
    evaluate = jax.jit(jax.value_and_grad(_cost, argnums=(0, 1, 2, 3)))

    def step():
        parameters = [jax.numpy.array(each, device=cpu) for each in (w1, w2, b1, b2)]
        cost, gradients = jax.block_until_ready(evaluate(*parameters, given, *weights))
        return tuple(np.asarray(output) for output in (cost, *gradients))

    step()
    return step


def _cost(w1, w2, b1, b2, x, decay, beta, rho):
    a2 = 1 / (1 + jax.numpy.exp(-(x @ w1.T + b1)))  # (m, p)
    a3 = 1 / (1 + jax.numpy.exp(-(a2 @ w2.T + b2)))  # (m, n)
    rho_hat = a2.mean(axis=0)  # (p,)
    divergence = rho * jax.numpy.log(rho / rho_hat) + (1 - rho) * jax.numpy.log((1 - rho) / (1 - rho_hat))
    weights = (w1**2).sum() + (w2**2).sum()
    return ((a3 - x) ** 2).sum() / (2 * len(x)) + decay / 2 * weights + beta * divergence.sum()
