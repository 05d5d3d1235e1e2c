import { AppError } from '@sangha/errors';

/** The bytes are something else than a GGUF file. `what` continues "This is not a GGUF model file: …". */
export const notAGguf = (what: string, cause?: unknown): AppError =>
  new AppError(
    'not_a_gguf',
    `This is not a GGUF model file: ${what}. Choose a file whose name ends in .gguf, or download it again.`,
    { cause },
  );

/** It is one, but native code must not see it. `reason` continues "This model file can't be used: …". */
export const unusable = (reason: string, next = 'Download it again or choose another file of this model.'): AppError =>
  new AppError('model_unusable', `This model file can't be used: ${reason}. ${next}`);

/** A name from the file, made safe to show: short and without control characters. */
export const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
