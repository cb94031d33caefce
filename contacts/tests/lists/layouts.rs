//! Columns found by name and by content.

use super::{numbers, read, refusal};

#[test]
fn a_list_in_any_language_has_name_number_and_address() {
    for list in [
        "First Name,Last Name,Mobile,Email\nAda,Lee,2025550123,ada@example.com\n",
        "Vorname;Name;Handynummer;E-Mail-Adresse\nAda;Lee;2025550123;ada@example.com\n",
        "Prénom;Nom;Téléphone portable;Courriel\nAda;Lee;2025550123;ada@example.com\n",
        "Nombre;Apellidos;Móvil;Correo electrónico\nAda;Lee;2025550123;ada@example.com\n",
        "Nome;Sobrenome;Celular;E-mail\nAda;Lee;2025550123;ada@example.com\n",
        "Nome;Cognome;Cellulare;Email\nAda;Lee;2025550123;ada@example.com\n",
        "Voornaam;Achternaam;Mobiel;E-mailadres\nAda;Lee;2025550123;ada@example.com\n",
        "NAME|MSISDN|mail\nAda Lee|2025550123|ada@example.com\n",
    ] {
        let report = read(list);
        let contact = &report.contacts[0];
        assert_eq!(contact.phone_number, "+12025550123", "{list}");
        assert_eq!(contact.name.as_deref(), Some("Ada Lee"), "{list}");
        assert_eq!(contact.email.as_deref(), Some("ada@example.com"), "{list}");
        assert!(contact.custom_data.is_empty(), "{list}");
    }
}

#[test]
fn a_list_without_header_begins_at_row_one() {
    let report = read("Ada,2025550123,Rome\nBob,2025550124,Oslo\n");
    assert_eq!(numbers(&report), [(1, "+12025550123"), (2, "+12025550124")]);
    assert!(!report.columns.header);
    assert_eq!(report.columns.phone_number, "column_2");
    let custom: Vec<_> = report.contacts[1].custom_data.iter().collect();
    assert_eq!(custom, [("column_1", "Bob"), ("column_3", "Oslo")]);
}

#[test]
fn bare_numbers_one_a_line_are_a_list() {
    let report = read("2025550123\n\n(202) 555-0124\n+44 20 7946 0958");
    assert_eq!(
        numbers(&report),
        [(1, "+12025550123"), (3, "+12025550124"), (4, "+442079460958")]
    );
}

#[test]
fn headers_without_a_known_word_are_told_by_their_content() {
    let report = read("Ref,Reach at,City\n1001,2025550123,Rome\n1002,2025550124,Oslo\n");
    assert_eq!(report.columns.phone_number, "Reach at");
    assert_eq!(report.columns.custom, ["Ref", "City"]);
}

#[test]
fn a_second_phone_column_stays_custom_data() {
    let report = read("Phone,Mobile,Home Phone\n2025550124,2025550123,2025550125\n");
    assert_eq!(numbers(&report), [(2, "+12025550123")]);
    let custom: Vec<_> = report.contacts[0].custom_data.iter().collect();
    assert_eq!(custom, [("Phone", "2025550124"), ("Home Phone", "2025550125")]);
}

#[test]
fn titles_above_the_header_are_counted_and_passed_over() {
    let report = read("Contacts\nexported 1 July\n\nName,Phone\nAda,2025550123\n");
    assert_eq!(numbers(&report), [(5, "+12025550123")]);
    assert_eq!((report.columns.phone_number.as_str(), report.rows), ("Phone", 1));
}

#[test]
fn without_a_phone_column_the_columns_are_named() {
    assert_eq!(
        refusal("Ref,City\n1,Rome\n").to_string(),
        "no column holds phone numbers; the columns are: Ref, City; name one `phone`, `mobile`, \
         `telephone`, `cell` or `number`"
    );
}
