% Answer one byte after the other on stdin with an evaluation, until stdin is closed or something fails.
%
% name: of the function; replies: number of a file descriptor; inputs: class, rows, columns in each row.
%
% A reply is a line, "ok ..." or "error BYTES", and what it announces. First of all comes "ok" and the BLAS's name, then
% the inputs are read from stdin and an "ok" follows; on each byte "ok NANOSECONDS CLASS ROWS COLUMNS CLASS ..." and the
% outputs' raw numbers, column by column. Bytes, not lines, are read: fgetl waits for the character after the line's end.

function serve(name, replies, inputs)
  crash_dumps_octave_core(false);  % no octave-workspace in the folder where the harness was started
  sighup_dumps_octave_core(false);
  sigterm_dumps_octave_core(false);
  channel = fopen(sprintf('/dev/fd/%d', replies), 'w');
  try
    multiply();
    fprintf(channel, 'ok %s\n', regexprep(version('-blas'), '\s+', ' '));
    fflush(channel);
    values = received(inputs);
    fprintf(channel, 'ok\n');
    fflush(channel);
    evaluated = str2func(name);
    outputs = cell(1, nargout(name));
    while ! isempty(fread(stdin, 1))
      started = tic;
      [outputs{:}] = evaluated(values{:});
      spent = toc(started);
      answer(channel, spent, outputs);
    end
  catch raised
    complain(channel, raised);
  end
end

% Multiply, so that the BLAS's threads can be told by their CPU time: 3.5 GFLOP, or 0.2 s where the BLAS is slow.
function multiply()
  square = ones(600);
  started = tic;
  for k = 1:8
    square * square;
    if toc(started) > 0.2
      break
    end
  end
end

function values = received(inputs)
  values = cell(1, rows(inputs));
  for k = 1:rows(inputs)
    [name, height, width] = inputs{k, :};
    values{k} = fread(stdin, [height, width], [name '=>' name]);
  end
end

function answer(channel, spent, outputs)
  fprintf(channel, 'ok %d', round(1e9 * spent));
  for k = 1:numel(outputs)
    fprintf(channel, ' %s %d %d', class(outputs{k}), rows(outputs{k}), columns(outputs{k}));
  end
  fprintf(channel, '\n');
  for k = 1:numel(outputs)
    fwrite(channel, outputs{k}, class(outputs{k}));
  end
  fflush(channel);
end

function complain(channel, raised)
  where = '';
  if ! isempty(raised.stack)
    where = sprintf(' (%s, line %d)', raised.stack(1).name, raised.stack(1).line);
  end
  message = [raised.message where];
  fprintf(channel, 'error %d\n%s', numel(message), message);
  fflush(channel);
end
