/** Retention periods that CloudWatch Logs accepts, in days, from six years on (PutRetentionPolicy). */
const PERIODS = [2192, 2557, 2922, 3288, 3653] as const;

/**
 * The shortest retention of CloudWatch Logs that keeps records at least so long.
 * @throws above 3653 days, the longest that CloudWatch Logs accepts.
 */
export function logGroupRetention(days: number): number {
  const period = PERIODS.find((candidate) => candidate >= days);
  if (period === undefined) throw new Error(`retention.days: ${days}; allowed on AWS: 2192 to ${PERIODS[PERIODS.length - 1]}, the longest that CloudWatch Logs keeps records.`);
  return period;
}
