using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class SealedWords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // No release has these columns: words in clear are dropped, not converted, and the first version is published again from the configuration.
            migrationBuilder.Sql("DELETE FROM Notices; DELETE FROM NoticeDrafts; DELETE FROM RequestCases;");
            migrationBuilder.DropColumn(
                name: "Answer",
                table: "RequestCases");

            migrationBuilder.DropColumn(
                name: "Contact",
                table: "RequestCases");

            migrationBuilder.DropColumn(
                name: "Text",
                table: "RequestCases");

            migrationBuilder.DropColumn(
                name: "ComplaintAuthority",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Contact",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Controller",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Declining",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "LegalBasis",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Purpose",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Rights",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Risks",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "SpecialCategories",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "What",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "WhatChat",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "WhoMayWatch",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "ComplaintAuthority",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "Contact",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "Controller",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "Declining",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "LegalBasis",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "Purpose",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "Rights",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "Risks",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "SpecialCategories",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "What",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "WhatChat",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "WhoMayWatch",
                table: "NoticeDrafts");

            migrationBuilder.AddColumn<byte[]>(
                name: "Sealed",
                table: "RequestCases",
                type: "BLOB",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<byte[]>(
                name: "Sealed",
                table: "Notices",
                type: "BLOB",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<byte[]>(
                name: "Sealed",
                table: "NoticeDrafts",
                type: "BLOB",
                nullable: false,
                defaultValue: new byte[0]);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Sealed",
                table: "RequestCases");

            migrationBuilder.DropColumn(
                name: "Sealed",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Sealed",
                table: "NoticeDrafts");

            migrationBuilder.AddColumn<string>(
                name: "Answer",
                table: "RequestCases",
                type: "TEXT",
                maxLength: 1000,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Contact",
                table: "RequestCases",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Text",
                table: "RequestCases",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "ComplaintAuthority",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Contact",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Controller",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Declining",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "LegalBasis",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Purpose",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Rights",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Risks",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "SpecialCategories",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "What",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "WhatChat",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "WhoMayWatch",
                table: "Notices",
                type: "TEXT",
                maxLength: 1000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "ComplaintAuthority",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Contact",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Controller",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Declining",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "LegalBasis",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Purpose",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Rights",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Risks",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "SpecialCategories",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "What",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "WhatChat",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "WhoMayWatch",
                table: "NoticeDrafts",
                type: "TEXT",
                maxLength: 4000,
                nullable: false,
                defaultValue: "");
        }
    }
}
