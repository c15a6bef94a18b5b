% The question's MATLAB code; data, a1, a3 are m x n, a2 m x p, W2 n x p, rhoest p x 1.

function [W1grad, W2grad, b1grad, b2grad] = octave_loop(data, a1, a2, a3, W2, rhoest, beta, sparsityParam)
  [m, n] = size(data);
  p = numel(rhoest);
  W1grad = zeros(p, n, class(data));
  W2grad = zeros(n, p, class(data));
  b1grad = zeros(p, 1, class(data));
  b2grad = zeros(n, 1, class(data));
  for i = 1:m
    delta3 = -(data(i,:) - a3(i,:)) .* a3(i,:) .* (1 - a3(i,:));
    delta3 = delta3.';
    sum1 = W2.' * delta3;
    sum2 = beta * (-sparsityParam ./ rhoest + (1 - sparsityParam) ./ (1 - rhoest));
    delta2 = (sum1 + sum2) .* a2(i,:).' .* (1 - a2(i,:).');
    W1grad = W1grad + delta2 * a1(i,:);
    W2grad = W2grad + delta3 * a2(i,:);
    b1grad = b1grad + delta2;
    b2grad = b2grad + delta3;
  end
end
