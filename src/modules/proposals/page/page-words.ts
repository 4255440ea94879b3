/** The words of the customer's page in one language. */
export interface PageWords {
  readonly from: (seller: string) => string
  readonly to: string
  readonly validUntil: (day: string) => string
  readonly openPdf: string
  readonly acceptHeading: string
  /** What the customer declares by accepting. */
  readonly declaration: (number: string, total: string) => string
  readonly name: string
  readonly nameMissing: string
  readonly nameTooLong: string
  readonly accept: string
  readonly declineHeading: string
  readonly reason: string
  readonly reasonTooLong: string
  readonly decline: string
  readonly mistake: string
  readonly accepted: (name: string, day: string) => string
  readonly acceptedNext: string
  readonly declined: string
  readonly declinedNext: string
  readonly superseded: string
  readonly supersededNext: string
  readonly expired: (day: string) => string
  readonly expiredNext: string
  readonly withdrawn: string
  readonly withdrawnNext: string
}

const ENGLISH: PageWords = {
  from: (seller) => `Quotation from ${seller}`,
  to: 'For',
  validUntil: (day) => `Valid until ${day}`,
  openPdf: 'Open the PDF',
  acceptHeading: 'Accept this quotation',
  declaration: (number, total) => `By accepting, you order what quotation ${number} offers, for ${total} in total.`,
  name: 'Your full name',
  nameMissing: 'Enter your full name.',
  nameTooLong: 'Enter a name of at most 200 characters.',
  accept: 'Accept and order',
  declineHeading: 'Decline instead',
  reason: 'Reason (optional)',
  reasonTooLong: 'Enter a reason of at most 500 characters.',
  decline: 'Decline',
  mistake: 'Nothing was sent yet:',
  accepted: (name, day) => `Accepted by ${name} on ${day}`,
  acceptedNext: 'Thank you. Your order has reached the sender; there is nothing more to do.',
  declined: 'Declined',
  declinedNext: 'The sender knows that you do not accept this quotation. Contact them if you have changed your mind.',
  superseded: 'There is a newer quotation',
  supersededNext: 'This one can’t be accepted any more. Ask the sender for the new one.',
  expired: (day) => `Expired on ${day}`,
  expiredNext: 'This quotation can’t be accepted any more. Ask the sender for a new one.',
  withdrawn: 'Withdrawn',
  withdrawnNext: 'The sender has withdrawn this quotation. Ask them for a new one.',
}

const OTHERS: Readonly<Record<string, PageWords>> = {
  de: {
    from: (seller) => `Angebot von ${seller}`,
    to: 'Für',
    validUntil: (day) => `Gültig bis ${day}`,
    openPdf: 'PDF öffnen',
    acceptHeading: 'Dieses Angebot annehmen',
    declaration: (number, total) =>
      `Mit der Annahme bestellen Sie, was Angebot ${number} enthält, für insgesamt ${total}.`,
    name: 'Ihr vollständiger Name',
    nameMissing: 'Geben Sie Ihren vollständigen Namen ein.',
    nameTooLong: 'Geben Sie einen Namen mit höchstens 200 Zeichen ein.',
    accept: 'Annehmen und zahlungspflichtig bestellen',
    declineHeading: 'Stattdessen ablehnen',
    reason: 'Grund (freiwillig)',
    reasonTooLong: 'Geben Sie einen Grund mit höchstens 500 Zeichen ein.',
    decline: 'Ablehnen',
    mistake: 'Es wurde noch nichts abgeschickt:',
    accepted: (name, day) => `Angenommen von ${name} am ${day}`,
    acceptedNext: 'Vielen Dank. Ihre Bestellung ist beim Anbieter eingegangen; Sie brauchen nichts weiter zu tun.',
    declined: 'Abgelehnt',
    declinedNext:
      'Der Anbieter weiß, dass Sie dieses Angebot nicht annehmen. Melden Sie sich dort, falls Sie es sich anders überlegen.',
    superseded: 'Es gibt ein neueres Angebot',
    supersededNext: 'Dieses kann nicht mehr angenommen werden. Bitten Sie den Anbieter um das neue.',
    expired: (day) => `Abgelaufen am ${day}`,
    expiredNext: 'Dieses Angebot kann nicht mehr angenommen werden. Bitten Sie den Anbieter um ein neues.',
    withdrawn: 'Zurückgezogen',
    withdrawnNext: 'Der Anbieter hat dieses Angebot zurückgezogen. Bitten Sie dort um ein neues.',
  },
  fr: {
    from: (seller) => `Devis de ${seller}`,
    to: 'Pour',
    validUntil: (day) => `Valable jusqu’au ${day}`,
    openPdf: 'Ouvrir le PDF',
    acceptHeading: 'Accepter ce devis',
    declaration: (number, total) =>
      `En acceptant, vous commandez l’objet du devis ${number} pour un total de ${total}.`,
    name: 'Votre nom complet',
    nameMissing: 'Saisissez votre nom complet.',
    nameTooLong: 'Saisissez un nom de 200 caractères au plus.',
    accept: 'Accepter et commander',
    declineHeading: 'Refuser',
    reason: 'Motif (facultatif)',
    reasonTooLong: 'Saisissez un motif de 500 caractères au plus.',
    decline: 'Refuser',
    mistake: 'Rien n’a encore été envoyé :',
    accepted: (name, day) => `Accepté par ${name} le ${day}`,
    acceptedNext: 'Merci. Votre commande est parvenue au vendeur ; vous n’avez plus rien à faire.',
    declined: 'Refusé',
    declinedNext: 'Le vendeur sait que vous n’acceptez pas ce devis. Contactez-le si vous changez d’avis.',
    superseded: 'Il existe un devis plus récent',
    supersededNext: 'Celui-ci ne peut plus être accepté. Demandez le nouveau au vendeur.',
    expired: (day) => `Expiré le ${day}`,
    expiredNext: 'Ce devis ne peut plus être accepté. Demandez-en un nouveau au vendeur.',
    withdrawn: 'Retiré',
    withdrawnNext: 'Le vendeur a retiré ce devis. Demandez-lui-en un nouveau.',
  },
  es: {
    from: (seller) => `Presupuesto de ${seller}`,
    to: 'Para',
    validUntil: (day) => `Válido hasta el ${day}`,
    openPdf: 'Abrir el PDF',
    acceptHeading: 'Aceptar este presupuesto',
    declaration: (number, total) =>
      `Al aceptar, encarga lo que ofrece el presupuesto ${number} por un total de ${total}.`,
    name: 'Su nombre completo',
    nameMissing: 'Escriba su nombre completo.',
    nameTooLong: 'Escriba un nombre de 200 caracteres como máximo.',
    accept: 'Aceptar y encargar',
    declineHeading: 'Rechazar',
    reason: 'Motivo (opcional)',
    reasonTooLong: 'Escriba un motivo de 500 caracteres como máximo.',
    decline: 'Rechazar',
    mistake: 'Todavía no se ha enviado nada:',
    accepted: (name, day) => `Aceptado por ${name} el ${day}`,
    acceptedNext: 'Gracias. El vendedor ha recibido su pedido; no tiene que hacer nada más.',
    declined: 'Rechazado',
    declinedNext: 'El vendedor sabe que no acepta este presupuesto. Póngase en contacto con él si cambia de opinión.',
    superseded: 'Hay un presupuesto más reciente',
    supersededNext: 'Este ya no se puede aceptar. Pida el nuevo al vendedor.',
    expired: (day) => `Caducó el ${day}`,
    expiredNext: 'Este presupuesto ya no se puede aceptar. Pida uno nuevo al vendedor.',
    withdrawn: 'Retirado',
    withdrawnNext: 'El vendedor ha retirado este presupuesto. Pídale uno nuevo.',
  },
}

/** Returns the words in the language of a locale; in English where there are none in that language. */
export function pageWordsOf(locale: string): PageWords {
  return OTHERS[new Intl.Locale(locale).language] ?? ENGLISH
}
