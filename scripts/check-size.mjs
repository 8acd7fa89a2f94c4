// Holds the files of src to their size budget, in lines; generated files do not count.
import { finish, isGenerated, readSource, sourceFiles } from './source-files.mjs';

const MEDIAN = 120;
const NINETY_PERCENT = 300;
const CAP = 500;

const sizes = sourceFiles()
  .filter((file) => !isGenerated(file))
  .map((file) => ({ file, lines: readSource(file).trimEnd().split('\n').length }))
  .sort((a, b) => a.lines - b.lines);

const quantile = (share) => sizes[Math.ceil(share * sizes.length) - 1]?.lines ?? 0;
const median = quantile(0.5);
const ninety = quantile(0.9);
const problems = sizes
  .filter(({ lines }) => lines > CAP)
  .map(({ file, lines }) => `${file}: ${lines} lines, at most ${CAP}; split it into one idea per file`);
if (median > MEDIAN) problems.push(`the median file has ${median} lines, at most ${MEDIAN}`);
if (ninety > NINETY_PERCENT) problems.push(`one file in ten has more than ${ninety} lines, at most ${NINETY_PERCENT}`);

finish(
  'check-size',
  problems,
  `${sizes.length} files, median ${median}, 90 % ${ninety}, largest ${sizes.at(-1)?.lines ?? 0} lines`,
);
