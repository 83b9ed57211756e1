/**
 * Days that cover any six consecutive calendar years: 6 x 365 and at most two leap days (six years hold one or two).
 * Source: 45 CFR 164.316(b)(2)(i) names six years; AWS `RetentionDays.SIX_YEARS` is the same figure.
 */
export const SIX_YEARS_IN_DAYS = 2192;

/** Seconds in a day, for providers that count retention in seconds. */
export const SECONDS_PER_DAY = 86_400;
