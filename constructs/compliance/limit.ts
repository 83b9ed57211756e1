import { createContext, type Context, Script } from 'node:vm';
import type { Deployment } from './model.js';

/** Milliseconds for one rule or proof: ten seconds, and a fifth of a millisecond for each resource. */
export function budgetOf({ resources }: Pick<Deployment, 'resources'>): number {
  return 10_000 + Math.ceil(resources.length / 5);
}

const CALL = new Script('task()');
let context: Context | undefined;

/**
 * Runs a task that is interrupted when its time is over, wherever it is: in a loop, a sort or a regular expression.
 * Neither `catch` nor `finally` of the task runs then, so it leaves nothing half-made that others read; `perDeployment`
 * remembers what was interrupted as failed.
 * @returns whether the task came to its end. @throws what the task throws.
 */
export function within(milliseconds: number, task: () => void): boolean {
  context ??= createContext({});
  const outer = context['task'] as unknown;
  context['task'] = task;
  try {
    CALL.runInContext(context, { timeout: Math.max(1, Math.ceil(milliseconds)) });
    return true;
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    context['task'] = outer;
  }
}
