/** Fields of a lead that a form can have, by their names in the API. */
export const FORM_FIELDS = [
  'firstName',
  'lastName',
  'jobTitle',
  'companyName',
  'email',
  'phone',
  'website',
  'industry',
  'city',
  'region',
  'postalCode',
  'country',
  'description',
] as const

/** Name of the field by which a visitor consents: any value but an empty one, `false`, `0` and `off`. */
export const CONSENT_FIELD = 'consent'

/** Values that were sent with a form, by the name of the field. */
export type SentFields = ReadonlyMap<string, string>

/**
 * Returns the input of a lead from the fields of a form that was sent. Fields that the form does not have are ignored, and so are empty
 * ones. A lead needs a last name: without one it gets the part of the e-mail address before the `@`, or the name of the
 * company.
 */
export function leadInput(allowed: readonly string[], sent: SentFields): Readonly<Record<string, string>> {
  const values = Object.fromEntries(
    FORM_FIELDS.flatMap((name) => {
      const value = allowed.includes(name) ? sent.get(name)?.trim() : undefined
      return value ? [[name, value] as const] : []
    }),
  )
  const lastName = values['lastName'] ?? values['email']?.split('@')[0] ?? values['companyName']
  return lastName === undefined ? values : { ...values, lastName }
}

/** Whether the visitor has consented. */
export function hasConsented(sent: SentFields): boolean {
  return !['', 'false', '0', 'off'].includes((sent.get(CONSENT_FIELD) ?? '').trim().toLowerCase())
}
