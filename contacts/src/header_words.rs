//! The words by which column headers are known: English, Spanish, French, German, Portuguese,
//! Italian, Dutch and Polish, in plain lower case without accents. Entries go by comma.

/// Words for a mobile phone.
pub(crate) const MOBILE: &str = "\
    mobile, cell, cellphone, cellular, smartphone, movil, celular, portable, gsm, handy, mobil, \
    handynummer, handynr, mobilnummer, mobilnr, mobiltelefon, mobilfunk, mobilfunknummer, telemovel, \
    cellulare, mobiel, mobieltje, komorka, komorkowy, komorkowa, komorkowe, kom, mobilephone, mobilenumber, mobileno";

/// Words for a phone.
pub(crate) const PHONE: &str = "\
    phone, phones, telephone, tel, tels, telnr, telno, tlf, tfno, fon, fone, msisdn, telefono, \
    telefonos, telefone, telefon, telefoon, telefonnummer, telefonnr, telefoonnummer, rufnummer, \
    telefonu, telefony, telefoniczny, festnetz, landline, phonenumber, phoneno, phonenum, telephonenumber, whatsapp";

/// Whole headers that say number and no more.
pub(crate) const NUMBER: &str = "\
    number, numbers, contact number, contact no, contact num, dial number, number to call, call \
    number, numero, numero de contacto, numero de contact, numero contatto, numero de contato, \
    nummer, kontaktnummer, contactnummer, numer, numer kontaktowy, primary number, main number, e 164, e 164 number";

/// Words that make a phone column somebody else's, or second choice.
pub(crate) const QUALIFIERS: &str = "\
    home, work, office, business, company, other, second, secondary, alternate, alternative, alt, \
    additional, backup, emergency, assistant, manager, spouse, parent, billing, shipping, landline, \
    festnetz, fixe, casa, trabajo, oficina, empresa, otro, travail, bureau, domicile, maison, \
    privat, buro, geschaftlich, arbeit, ufficio, lavoro, azienda, trabalho, escritorio, werk, \
    kantoor, thuis, whatsapp, fijo, fixo, fisso, vast, domowy, sluzbowy, praca, stacjonarny, firmowy, owner, agent, \
    rep, guardian, caregiver";

/// Words that make a column speak of a phone or an address without holding one.
pub(crate) const NOT_THE_THING: &str = "\
    type, label, ext, extn, extension, country, code, prefix, verified, verification, valid, \
    validity, status, opt, optin, optout, consent, permission, carrier, provider, operator, fax, \
    date, time, timestamp, zone, timezone, tz, id, count, model, os, app, note, notes, comment, \
    comments, dnc, not, last, called, brand, plan, is, has, can, format, region, source, calls, \
    duration, sent, opened, clicked, bounced, subject, template, list, marketing, subscribed, \
    unsubscribed, tipo, typ, codigo, pais, data, fecha, datum, estado, statut, \
    kraj, kod, uwagi, zgoda";

/// Whole headers over whole names.
pub(crate) const FULL_NAME: &str = "\
    full name, fullname, complete name, display name, nombre completo, nombre y apellidos, nombre y \
    apellido, nom complet, nom et prenom, nom prenom, prenom et nom, prenom nom, vollstandiger name, \
    vor und nachname, name vorname, vorname nachname, nome completo, nome e cognome, cognome e nome, \
    volledige naam, imie i nazwisko, nazwisko i imie, imie nazwisko";

/// Whole headers over persons, or over keys and companies.
pub(crate) const PERHAPS_NAME: &str = "\
    contact, customer, client, lead, person, recipient, contacto, cliente, kunde, ansprechpartner, \
    klant, contactpersoon, klient, osoba kontaktowa";

/// Whole headers over whole names or over the half of one.
pub(crate) const ANY_NAME: &str = "\
    name, names, nombre, nom, nome, naam, nazwa";

/// Whole headers over first names.
pub(crate) const FIRST_NAME: &str = "\
    first name, firstname, first, given name, givenname, forename, fname, nombres, nombre de pila, \
    primer nombre, prenom, prenoms, vorname, rufname, primeiro nome, nome proprio, voornaam, \
    roepnaam, imie, imiona";

/// Whole headers over last names.
pub(crate) const LAST_NAME: &str = "\
    last name, lastname, last, surname, family name, familyname, lname, apellido, apellidos, primer \
    apellido, nom de famille, nachname, familienname, sobrenome, apelido, ultimo nome, cognome, \
    achternaam, familienaam, nazwisko";

/// Words for an e-mail address.
pub(crate) const EMAIL: &str = "\
    email, mail, emails, correo, courriel, emailaddress, emailadresse, mailadresse, emailadres, \
    mailadres, elettronica, elektroniczna";

/// Whole headers over time zones.
pub(crate) const TIME_ZONE: &str = "\
    timezone, time zone, tz, iana timezone, iana time zone, zona horaria, huso horario, fuseau \
    horaire, fuseau, zeitzone, fuso orario, fuso horario, tijdzone, strefa \
    czasowa";

/// Whole headers over instants before which nobody is to be called.
pub(crate) const NOT_BEFORE: &str = "\
    not before, notbefore, call not before, call after, not earlier than, no antes de, no llamar \
    antes de, pas avant, ne pas appeler avant, nicht vor, nicht vorher, fruhestens, non prima di, nao antes de, \
    niet voor, nie wczesniej niz";

/// Whole headers over the list keeper's own ids of persons.
pub(crate) const PERSON_ID: &str = "\
    person id, personid, id persona, id de persona, id personne, id de la personne, personen id, \
    personenid, id pessoa, id da pessoa, id della persona, persoon id, persoonsid, id osoby";

/// Words that say whose column it is, and do not change what it holds.
pub(crate) const WHOSE: &str = "\
    contact, contacts, customer, client, lead, person, subscriber, patient, member, student, \
    guest, recipient, candidate, kunden, cliente, my, the, primary, main";

/// Whether `entry` is in one of the lists above.
pub(crate) fn lists(list: &str, entry: &str) -> bool {
    list.split(',').any(|listed| listed.trim() == entry)
}
