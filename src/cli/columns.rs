//! The columns of a contact list, where its reader is not to find them.

use outdial_domain::list_columns::{ChosenColumns, ListField};

/// A column goes by its name, or by its place.
#[derive(clap::Args)]
#[command(
    next_help_heading = "Columns of the list: by name, or by place such as '#3'; '' where the list has none such"
)]
pub(super) struct Columns {
    /// The column of phone numbers
    #[arg(long, value_name = "COLUMN")]
    phone_number_column: Option<String>,
    /// The column of names; repeated for several that are joined
    #[arg(long, value_name = "COLUMN")]
    name_column: Vec<String>,
    /// The column of e-mail addresses
    #[arg(long, value_name = "COLUMN")]
    email_column: Option<String>,
    /// The column of time zones
    #[arg(long, value_name = "COLUMN")]
    timezone_column: Option<String>,
    /// The column of instants before which a contact is not to be called
    #[arg(long, value_name = "COLUMN")]
    not_before_column: Option<String>,
    /// The column of the list keeper's own ids of persons
    #[arg(long, value_name = "COLUMN")]
    person_id_column: Option<String>,
}

impl Columns {
    /// What was said, as the API's form says it.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.said().map(|(field, column)| (field.column_word(), column))
    }

    /// The columns that were chosen.
    pub(super) fn chosen(&self) -> Result<ChosenColumns, String> {
        let mut chosen = ChosenColumns::default();
        for (field, column) in self.said() {
            chosen
                .choose(field, column)
                .map_err(|error| format!("--{}: {error}", field.column_word().replace('_', "-")))?;
        }
        Ok(chosen)
    }

    fn said(&self) -> impl Iterator<Item = (ListField, &str)> {
        ListField::ALL.into_iter().flat_map(|field| {
            let columns = match field {
                ListField::PhoneNumber => self.phone_number_column.as_slice(),
                ListField::Name => self.name_column.as_slice(),
                ListField::Email => self.email_column.as_slice(),
                ListField::Timezone => self.timezone_column.as_slice(),
                ListField::NotBefore => self.not_before_column.as_slice(),
                ListField::PersonId => self.person_id_column.as_slice(),
            };
            columns.iter().map(move |column| (field, column.as_str()))
        })
    }
}
