import type { FormatError } from '../../errors/format-error.ts';
import { codeProblem, type CodePlace } from '../../formats/torchscript/code-problem.ts';

/** The program does what a graph cannot. */
export function cannotWrite(place: CodePlace, message: string): FormatError {
  return codeProblem(
    'ML_FORMAT_UNSUPPORTED',
    place,
    `${message}; export the model with torch.export.save(torch.export.export(model, inputs), path) or torch.onnx.export instead`,
  );
}

/** The program contradicts itself. */
export function badProgram(place: CodePlace, message: string): FormatError {
  return codeProblem('ML_FORMAT_MALFORMED', place, message);
}
