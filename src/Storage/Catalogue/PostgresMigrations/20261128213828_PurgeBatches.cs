using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class PurgeBatches : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "CountedAt",
                table: "Purges",
                newName: "LeaseUntil");

            migrationBuilder.AddColumn<long>(
                name: "PendingBytes",
                table: "Purges",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "PendingDeleteMarkers",
                table: "Purges",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "PendingFirst",
                table: "Purges",
                type: "text",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PendingLast",
                table: "Purges",
                type: "text",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "PendingObjects",
                table: "Purges",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "PendingUploads",
                table: "Purges",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "PendingVersions",
                table: "Purges",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "PendingBytes",
                table: "Purges");

            migrationBuilder.DropColumn(
                name: "PendingDeleteMarkers",
                table: "Purges");

            migrationBuilder.DropColumn(
                name: "PendingFirst",
                table: "Purges");

            migrationBuilder.DropColumn(
                name: "PendingLast",
                table: "Purges");

            migrationBuilder.DropColumn(
                name: "PendingObjects",
                table: "Purges");

            migrationBuilder.DropColumn(
                name: "PendingUploads",
                table: "Purges");

            migrationBuilder.DropColumn(
                name: "PendingVersions",
                table: "Purges");

            migrationBuilder.RenameColumn(
                name: "LeaseUntil",
                table: "Purges",
                newName: "CountedAt");
        }
    }
}
