//! Where the database is, a file or a server: how it is opened, connected to, copied, and shared by several processes.

mod copying;
mod transfer;

mod nodes;

mod folder_lock;
mod migrations;
mod opened_file;
mod opening;
mod private_folder;
mod server;
mod settings;

mod backend;

pub use copying::copy_database;
pub use folder_lock::{FolderLock, LockError};
pub use settings::StoreSettings;
pub use transfer::{CopiedTable, StorePlace, TransferError, copy_store};

pub(in crate::store) use backend::{Backend, Pool};
pub(in crate::store) use copying::fold_log;
pub(in crate::store) use nodes::Nodes;
pub(in crate::store) use opened_file::OpenedFile;
pub(in crate::store) use opening::check_schema;
pub(in crate::store) use opening::{
    SERVER, existing_path, has_keys, make_path, open_for_writing, reading_options,
};
#[cfg(test)]
pub(in crate::store) use opening::{open_before, schemas};
pub(in crate::store) use private_folder::make_private_folder;
pub(in crate::store) use server::{
    is_unused, open_for_reading as open_server_for_reading,
    open_for_writing as open_server_for_writing,
};
