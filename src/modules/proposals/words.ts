/** The fixed words of a proposal and of its page in one language. */
export interface ProposalWords {
  readonly proposal: string
  readonly number: string
  readonly version: string
  readonly date: string
  readonly validUntil: string
  readonly contact: string
  readonly position: string
  readonly item: string
  readonly quantity: string
  readonly unitPrice: string
  readonly discount: string
  readonly tax: string
  readonly amount: string
  readonly subtotal: string
  readonly total: string
  readonly terms: string
  readonly page: (page: string, of: string) => string
}

const ENGLISH: ProposalWords = {
  proposal: 'Quotation',
  number: 'Number',
  version: 'Version',
  date: 'Date',
  validUntil: 'Valid until',
  contact: 'Contact',
  position: 'No.',
  item: 'Item',
  quantity: 'Quantity',
  unitPrice: 'Unit price',
  discount: 'Discount',
  tax: 'Tax',
  amount: 'Amount',
  subtotal: 'Subtotal',
  total: 'Total',
  terms: 'Terms and conditions',
  page: (page, of) => `Page ${page} of ${of}`,
}

const OTHERS: Readonly<Record<string, ProposalWords>> = {
  de: {
    proposal: 'Angebot',
    number: 'Nummer',
    version: 'Fassung',
    date: 'Datum',
    validUntil: 'Gültig bis',
    contact: 'Ansprechpartner',
    position: 'Pos.',
    item: 'Bezeichnung',
    quantity: 'Menge',
    unitPrice: 'Einzelpreis',
    discount: 'Rabatt',
    tax: 'USt.',
    amount: 'Betrag',
    subtotal: 'Zwischensumme',
    total: 'Gesamtbetrag',
    terms: 'Bedingungen',
    page: (page, of) => `Seite ${page} von ${of}`,
  },
  fr: {
    proposal: 'Devis',
    number: 'Numéro',
    version: 'Version',
    date: 'Date',
    validUntil: 'Valable jusqu’au',
    contact: 'Contact',
    position: 'N°',
    item: 'Désignation',
    quantity: 'Quantité',
    unitPrice: 'Prix unitaire',
    discount: 'Remise',
    tax: 'TVA',
    amount: 'Montant',
    subtotal: 'Sous-total',
    total: 'Total',
    terms: 'Conditions',
    page: (page, of) => `Page ${page} sur ${of}`,
  },
  es: {
    proposal: 'Presupuesto',
    number: 'Número',
    version: 'Versión',
    date: 'Fecha',
    validUntil: 'Válido hasta',
    contact: 'Contacto',
    position: 'N.º',
    item: 'Descripción',
    quantity: 'Cantidad',
    unitPrice: 'Precio unitario',
    discount: 'Descuento',
    tax: 'Impuesto',
    amount: 'Importe',
    subtotal: 'Subtotal',
    total: 'Total',
    terms: 'Condiciones',
    page: (page, of) => `Página ${page} de ${of}`,
  },
}

/** Returns the words in the language of a locale; in English where there are none in that language. */
export function wordsOf(locale: string): ProposalWords {
  const { language } = new Intl.Locale(locale)
  return OTHERS[language] ?? ENGLISH
}
