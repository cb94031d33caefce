//! What a column holds, by its header: English, Spanish, French, German, Portuguese,
//! Italian, Dutch and Polish words, whatever their case, accents and punctuation.

use crate::header_words::{
    ANY_NAME, EMAIL, FIRST_NAME, FULL_NAME, LAST_NAME, MOBILE, NOT_BEFORE, NOT_THE_THING, NUMBER,
    PERHAPS_NAME, PERSON_ID, PHONE, QUALIFIERS, TIME_ZONE, WHOSE, lists,
};

/// What a column's header says it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Phone numbers; of several such columns the lowest rank is taken.
    Phone(PhoneRank),
    /// Whole names.
    FullName,
    /// A word that is a whole name, or the half of one beside a column with the other half:
    /// `nom` beside `prénom`, `nombre` beside `apellidos`.
    AnyName,
    FirstName,
    LastName,
    /// A word for a person, which may also head a key or a company.
    PerhapsName,
    Email,
    TimeZone,
    /// Instants before which nobody is to be called.
    NotBefore,
    /// The list keeper's own ids of persons.
    PersonId,
    /// Anything else.
    Other,
}

/// The order in which columns of phone numbers are preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PhoneRank {
    Mobile,
    Phone,
    /// Somebody's, or a second: `work mobile`, `mobile 2`.
    OtherMobile,
    /// `home phone`, `emergency phone`, `phone 2`.
    OtherPhone,
    /// `number` and its like.
    Number,
}

/// What the header of a column says of it.
pub(crate) fn meaning(header: &str) -> Meaning {
    let words = words(header);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let own = words
        .iter()
        .skip_while(|word| words.len() > 1 && lists(WHOSE, word))
        .copied();
    let own = own.collect::<Vec<_>>().join(" ");
    let phrase = words.join(" ");
    let is = |list: &str| lists(list, &phrase) || lists(list, &own);
    if lists(NUMBER, &phrase) {
        return Meaning::Phone(PhoneRank::Number);
    }
    for (list, meaning) in [
        (FULL_NAME, Meaning::FullName),
        (FIRST_NAME, Meaning::FirstName),
        (LAST_NAME, Meaning::LastName),
        (ANY_NAME, Meaning::AnyName),
        (PERHAPS_NAME, Meaning::PerhapsName),
        (TIME_ZONE, Meaning::TimeZone),
        (NOT_BEFORE, Meaning::NotBefore),
        (PERSON_ID, Meaning::PersonId),
    ] {
        if is(list) {
            return meaning;
        }
    }
    if words.iter().any(|word| lists(NOT_THE_THING, word)) {
        return Meaning::Other;
    }
    if words.iter().any(|word| lists(EMAIL, word)) {
        return Meaning::Email;
    }
    phone_rank(&words).map_or(Meaning::Other, Meaning::Phone)
}

/// Whether numbers under the header are known not to be for calling.
pub(crate) fn is_no_phone(header: &str) -> bool {
    words(header)
        .iter()
        .any(|word| matches!(word.as_str(), "fax" | "telefax" | "id"))
}

fn phone_rank(words: &[&str]) -> Option<PhoneRank> {
    let mobile = words.iter().any(|word| lists(MOBILE, word));
    let phone = words.iter().any(|word| lists(PHONE, word) || ends_as_phone(word));
    let qualified = words
        .iter()
        .any(|word| lists(QUALIFIERS, word) || is_later_number(word));
    match (mobile, phone, qualified) {
        (true, _, false) => Some(PhoneRank::Mobile),
        (true, _, true) => Some(PhoneRank::OtherMobile),
        (false, true, false) => Some(PhoneRank::Phone),
        (false, true, true) => Some(PhoneRank::OtherPhone),
        (false, false, _) => None,
    }
}

/// German and Dutch write `Privattelefon`, `Kundentelefonnummer`.
fn ends_as_phone(word: &str) -> bool {
    [
        "telefon",
        "telefonnummer",
        "rufnummer",
        "telefoon",
        "telefoonnummer",
    ]
    .iter()
    .any(|end| word.ends_with(end))
}

/// `2` and beyond, of `phone 2`.
fn is_later_number(word: &str) -> bool {
    word.parse::<u32>().is_ok_and(|number| number > 1)
}

/// The words of a header in plain lower case, cut at punctuation, at digits and within `camelCase`.
fn words(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in header.chars().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')) {
        let cut = !c.is_alphanumeric()
            || (before.is_lowercase() && c.is_uppercase())
            || (before.is_alphanumeric() && before.is_numeric() != c.is_numeric());
        if cut {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase().map(without_accent));
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    match words.iter().position(|word| word == "e") {
        Some(at) if words.get(at + 1).is_some_and(|next| next.starts_with("mail")) => {
            words.remove(at);
        }
        _ => {}
    }
    words
}

/// One letter, without its accent.
fn without_accent(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'ć' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ś' => 's',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_mean(meaning_of_all: Meaning, headers: &[&str]) {
        for header in headers {
            assert_eq!(meaning(header), meaning_of_all, "{header:?}");
        }
    }

    #[test]
    fn phone_columns_are_known_in_eight_languages() {
        all_mean(
            Meaning::Phone(PhoneRank::Mobile),
            &[
                "Mobile",
                "CELL",
                "Mobile Phone",
                "mobile_number",
                "MobilePhone",
                "Cell #",
                "cellphone",
                "Móvil",
                "Teléfono móvil",
                "Celular",
                "Téléphone portable",
                "Handy",
                "Handy-Nr.",
                "Mobilnummer",
                "Telemóvel",
                "Cellulare",
                "Mobiel nummer",
                "Telefon komórkowy",
                "Komórka",
                "Nr kom.",
                "Tel. komórkowy",
                "\u{feff} Mobile \u{a0}",
                "Customer Mobile",
            ],
        );
        all_mean(
            Meaning::Phone(PhoneRank::Phone),
            &[
                "phone",
                "Phone Number",
                "phone_number",
                "PhoneNumber",
                "Phone1",
                "Telephone",
                "Tel.",
                "tel",
                "MSISDN",
                "Teléfono",
                "Te\u{301}le\u{301}phone",
                "Numéro de téléphone",
                "Telefon",
                "Telefonnummer",
                "Rufnummer",
                "Telefone",
                "Telefono",
                "Telefoonnummer",
                "Numer telefonu",
                "Nr telefonu",
                "Nr tel.",
                "Contact Phone",
                "Phone 1 - Value",
            ],
        );
        all_mean(
            Meaning::Phone(PhoneRank::OtherPhone),
            &[
                "Home Phone",
                "Work phone",
                "Phone 2",
                "Tel. bureau",
                "Telefon domowy",
                "Telefon służbowy",
            ],
        );
        all_mean(
            Meaning::Phone(PhoneRank::OtherMobile),
            &["Work Mobile", "mobile2", "Emergency cell"],
        );
        all_mean(
            Meaning::Phone(PhoneRank::Number),
            &["Number", "numero", "Nummer", "Numer", "Contact Number", "E.164"],
        );
    }

    #[test]
    fn columns_that_only_speak_of_phones_hold_none() {
        all_mean(
            Meaning::Other,
            &[
                "Phone Type",
                "Phone 1 - Label",
                "Phone country code",
                "Phone Ext",
                "Mobile Carrier",
                "Fax",
                "Phone verified",
                "Order Number",
                "Customer number",
                "Customer ID",
                "Email opt-in",
                "Email status",
                "Last Contact",
                "Mobile OS",
                "Company name",
                "Typ telefonu",
                "Kraj telefonu",
                "",
                "  ",
                "???",
            ],
        );
    }

    #[test]
    fn names_addresses_and_zones_are_known() {
        all_mean(
            Meaning::FullName,
            &[
                "Full Name",
                "FullName",
                "Nombre completo",
                "Nom et prénom",
                "Imię i nazwisko",
            ],
        );
        all_mean(
            Meaning::AnyName,
            &[
                "name",
                "Name",
                "Nom",
                "NOMBRE",
                "Naam",
                "Customer Name",
                "Contact name:",
            ],
        );
        all_mean(Meaning::PerhapsName, &["Contact", "Customer", "Cliente", "Kunde"]);
        all_mean(
            Meaning::FirstName,
            &[
                "First Name",
                "first_name",
                "Prénom",
                "Vorname",
                "Voornaam",
                "Given name",
                "Imię",
            ],
        );
        all_mean(
            Meaning::LastName,
            &[
                "Last Name",
                "Surname",
                "Apellidos",
                "Nachname",
                "Cognome",
                "Sobrenome",
                "Nazwisko",
            ],
        );
        all_mean(
            Meaning::Email,
            &[
                "Email",
                "E-mail",
                "e-Mail-Adresse",
                "Email Address",
                "Correo electrónico",
                "Poczta elektroniczna",
                "Adres e-mail",
            ],
        );
        all_mean(
            Meaning::TimeZone,
            &[
                "timezone",
                "Time Zone",
                "TZ",
                "Zona horaria",
                "Zeitzone",
                "Fuseau horaire",
                "Strefa czasowa",
            ],
        );
        all_mean(
            Meaning::NotBefore,
            &[
                "not_before",
                "Not before",
                "Call after",
                "No antes de",
                "Pas avant",
                "Nicht vor",
                "Nie wcześniej niż",
            ],
        );
        all_mean(
            Meaning::PersonId,
            &["person_id", "PersonID", "Person Id", "ID osoby"],
        );
    }
}
