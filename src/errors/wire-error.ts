import type { ErrorCode } from './error-code.ts';
import { ERROR_CODES } from './error-codes.ts';
import * as classes from './index.ts';
import { MLServiceError } from './ml-service-error.ts';

/** An error as it crosses the border of a thread or process: data only. */
export interface WireError {
  /** `undefined` for an error that is not of this library. */
  readonly code: string | undefined;
  readonly className: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** The first lines of the remote stack. */
  readonly stack: string;
  readonly cause: WireError | undefined;
}

const STACK_LINES = 12;
const MAX_TEXT = 4_000;
/** Causes of causes that are sent. */
const MAX_CAUSES = 4;

/** What there is to say of an error, in values that any border lets through. */
export function toWireError(error: unknown, depth = 0): WireError {
  const known = MLServiceError.isInstance(error) ? error : undefined;
  const { message, stack = '', name } = error instanceof Error ? error : { message: String(error), name: 'Error' };
  const { cause } = Object(error) as { cause?: unknown };
  return {
    code: known?.code,
    className: name,
    message: clip(message),
    details: plainDetails(known?.details ?? {}),
    stack: clip(stack.split('\n').slice(0, STACK_LINES).join('\n')),
    cause: cause === undefined || depth >= MAX_CAUSES ? undefined : toWireError(cause, depth + 1),
  };
}

/** The same error on this side: one of the library's own classes by its code, else a plain `Error`. */
export function fromWireError(wire: WireError): Error {
  const cause = wire.cause === undefined ? undefined : fromWireError(wire.cause);
  const { code, message, details } = wire;
  if (code === undefined || !Object.hasOwn(ERROR_CODES, code)) {
    const error = new Error(message, cause === undefined ? undefined : { cause });
    error.name = wire.className;
    return withStack(error, wire);
  }
  const Class = CLASSES.get(wire.className) ?? MLServiceError;
  return withStack(new Class(code as ErrorCode, message, { details, ...(cause !== undefined && { cause }) }), wire);
}

type ErrorClass = new (...args: ConstructorParameters<typeof MLServiceError>) => MLServiceError;

const CLASSES: ReadonlyMap<string, ErrorClass> = new Map(
  Object.entries(classes).flatMap(([name, value]) =>
    name.endsWith('Error') && typeof value === 'function' ? [[name, value as unknown as ErrorClass] as const] : [],
  ),
);

function withStack<T extends Error>(error: T, { stack }: WireError): T {
  error.stack = `${stack}\n    (in the worker of the model)`;
  return error;
}

/** Facts that survive a copy; a function or a socket among them is only named. */
function plainDetails(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => {
      try {
        return [key, structuredClone(value)];
      } catch {
        return [key, clip(String(value))];
      }
    }),
  );
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}
