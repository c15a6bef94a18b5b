% Whole matrices; data, a1, a3 are m x n, a2 m x p, W2 n x p, rhoest p x 1.

function [W1grad, W2grad, b1grad, b2grad] = octave_vectorized(data, a1, a2, a3, W2, rhoest, beta, sparsityParam)
  delta3 = -(data - a3) .* a3 .* (1 - a3);  % m x n
  sum2 = beta * (-sparsityParam ./ rhoest + (1 - sparsityParam) ./ (1 - rhoest));  % p x 1
  delta2 = (delta3 * W2 + sum2.') .* a2 .* (1 - a2);  % m x p
  W1grad = delta2.' * a1;
  W2grad = delta3.' * a2;
  b1grad = sum(delta2, 1).';  % without the 1 a single sample would be summed over its units
  b2grad = sum(delta3, 1).';
end
